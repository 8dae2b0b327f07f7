/** The capability that lets an agent see its messages through transforms. Specification chapter 14, section 1. */
import { AutogenError, isAutogenError, type ConversableAgent, type ErrorCode, type Message } from "../../core.js";
import { systemApart, type MessageTransform, type TransformContext } from "./transform.js";

/** What is done to messages, and whether people are told. */
export interface TransformMessagesOptions {
  /** In order, each on the result of the one before. */
  readonly transforms: readonly MessageTransform[];
  /** Print a line for each transform that had an effect. Events come in any case. @default true */
  readonly verbose?: boolean;
}

/**
 * Transforms the messages of an agent before each reply. Histories stay as they are. A leading system message is set aside
 * meanwhile. When a transform fails the messages are used as they were, with one warning.
 */
export class TransformMessages {
  readonly #transforms: readonly MessageTransform[];
  readonly #verbose: boolean;

  /** @throws AutogenError `invalid-option` for what is no list of transforms */
  constructor({ transforms, verbose = true }: TransformMessagesOptions) {
    const given: unknown = transforms;
    if (!Array.isArray(given) || !given.every(isTransform)) {
      throw new AutogenError(
        "invalid-option",
        "`transforms` is no list of transforms. Each has `applyTransform(messages)` and `getLogs(before, after)`.",
      );
    }
    this.#transforms = [...transforms];
    this.#verbose = verbose;
  }

  /** @throws AutogenError `invalid-option` when the agent has this capability already */
  addToAgent(agent: Pick<ConversableAgent, "registerHook">): void {
    agent.registerHook("processAllMessagesBeforeReply", this.#hook);
  }

  /** The messages as the transforms leave them; the list itself when nothing changes. */
  async applyTransform(messages: readonly Message[], context: TransformContext = {}): Promise<readonly Message[]> {
    if (messages.length === 0) return messages;
    const { head, rest } = systemApart(messages);
    if (rest.length === 0) return messages;
    let current = rest;
    const told: (() => void)[] = [];
    for (const transform of this.#transforms) {
      try {
        const next = checked(await transform.applyTransform(current, context));
        if (context.run !== undefined) told.push(await this.#telling(transform, { before: current, after: next }, context));
        current = next;
      } catch (error) {
        context.run?.throwIfAborted();
        if (FATAL.some((code) => isAutogenError(error, code))) throw error;
        warn(transform, error, context);
        return messages;
      }
    }
    // Only now is it true: a transform that fails takes back what those before it did.
    for (const tell of told) tell();
    return current === rest ? messages : [...head, ...current];
  }

  readonly #hook = async (messages: readonly Message[], context: TransformContext = {}): Promise<readonly Message[]> =>
    await this.applyTransform(messages, context);

  async #telling(
    transform: MessageTransform,
    { before, after }: { readonly before: readonly Message[]; readonly after: readonly Message[] },
    { agent, run }: TransformContext,
  ): Promise<() => void> {
    const [text, hadEffect, statistics = {}] = await transform.getLogs(before, after);
    return () => {
      if (!hadEffect) return;
      run?.emit({
        type: "messages.transformed",
        agent: agent?.name ?? "",
        transform: nameOf(transform),
        text,
        messages: { before: before.length, after: after.length },
        ...statistics,
        verbose: this.#verbose,
      });
    };
  }
}

/** These are not about the transform: they have to end what is under way. */
const FATAL: readonly ErrorCode[] = ["aborted", "budget-exhausted", "replay-mismatch", "replay-diverged", "request-forbidden"];

function isTransform(value: unknown): value is MessageTransform {
  const { applyTransform, getLogs } = (value ?? {}) as Partial<Record<keyof MessageTransform, unknown>>;
  return typeof applyTransform === "function" && typeof getLogs === "function";
}

const nameOf = (transform: MessageTransform): string => transform.constructor.name;

function checked(result: unknown): readonly Message[] {
  if (!Array.isArray(result))
    throw new TypeError(`it gave ${result === null ? "null" : `a value of type ${typeof result}`}, no list`);
  if (result.length === 0) throw new TypeError("it left no message");
  // What is in the list is the transform's own responsibility; requests are checked again when they are made.
  return result as readonly Message[];
}

function warn(transform: MessageTransform, error: unknown, { agent, run }: TransformContext): void {
  const why = error instanceof Error ? error.message : String(error);
  const whose = agent === undefined ? "" : ` of \`${agent.name}\``;
  run?.warn("transform-failed", `The transform \`${nameOf(transform)}\`${whose} failed: ${why}. Messages are used as they were.`);
}
