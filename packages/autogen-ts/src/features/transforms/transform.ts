/** The contract of message transforms. Specification chapter 14, section 1. */
import { AutogenError, type HookContext, type Message } from "../../core.js";

/** For which agent and in which run messages are transformed, where that is known. */
export type TransformContext = HookContext;

/** Numbers about what a transform did, for its event. */
export interface TransformStatistics {
  readonly tokens?: { readonly before: number; readonly after: number };
}

/** What was done, in words, and whether anything was. */
export type TransformLog = readonly [text: string, hadEffect: boolean, statistics?: TransformStatistics];

/**
 * Makes other messages of those that a model is to see. Messages are frozen: a transform that wants to change one makes a
 * new one. The history stays as it is.
 */
export interface MessageTransform {
  applyTransform(messages: readonly Message[], context?: TransformContext): readonly Message[] | Promise<readonly Message[]>;
  /** Describes the step from `before` to `after`, as given to and by `applyTransform`. */
  getLogs(before: readonly Message[], after: readonly Message[]): TransformLog | Promise<TransformLog>;
}

/** A leading system message is in nobody's way: transforms work on what follows. */
export function systemApart<M extends { readonly role: string }>(
  messages: readonly M[],
): { readonly head: readonly M[]; readonly rest: readonly M[] } {
  return messages[0]?.role === "system" ? { head: messages.slice(0, 1), rest: messages.slice(1) } : { head: [], rest: messages };
}

/** A number of something, or null. @throws AutogenError `invalid-option` for what is neither */
export function checkLimit(option: string, value: unknown, least: number): void {
  if (value === null || value === undefined) return;
  if (typeof value === "number" && Number.isInteger(value) && value >= least) return;
  const shown = typeof value === "number" || typeof value === "string" ? JSON.stringify(value) : `a ${typeof value}`;
  throw new AutogenError(
    "invalid-option",
    `\`${option}\` is ${shown}. Pass a whole number, ${String(least)} or more, or null for no limit.`,
  );
}
