/** A stored run, as people and programs are told of it. */
import { unreachable, type Json } from "../../core.js";
import type { EndLine, StoredRun } from "./journal-lines.js";
import type { RunDetails, RunInfo, RunOutcome, RunStatus, StepInfo } from "./outcome.js";
import { answerSlot, CANCEL_SLOT, type RunStore } from "./store.js";
import { hasExpired, isUnanswered, openQuestion, type OpenQuestion } from "./people.js";

export async function describeRun(store: RunStore, stored: StoredRun): Promise<RunInfo> {
  const { id, conversation, program, time } = stored.head;
  const holder = stored.end === null ? await store.holder(id) : null;
  const questions = await openQuestions(store, stored);
  const status = await statusOf(store, stored, { holder, waits: questions.length > 0 });
  const open = status === "cancelled" ? [] : questions;
  const steps = stored.keys.length;
  return { id, conversation, version: program, status, steps, started: time, holder, questions: open, problem: null };
}

/** What there is to say of a run whose files cannot be read. */
export const damagedRun = (id: string, { message }: Error): RunInfo => ({
  ...{ id, conversation: "", version: "", status: "damaged", steps: 0, started: "" },
  ...{ holder: null, questions: [], problem: message },
});

export async function detailRun(store: RunStore, stored: StoredRun): Promise<RunDetails> {
  const { id, input, fork } = stored.head;
  return {
    ...(await describeRun(store, stored)),
    input,
    forkedFrom: fork?.from ?? null,
    end: stored.end === null ? null : outcomeOfEnd(id, stored.end),
    stepList: stored.keys.flatMap((key, number) => stepInfo(stored, key, number) ?? []),
  };
}

export function outcomeOfEnd(id: string, line: EndLine): RunOutcome {
  switch (line.end) {
    case "finished":
      return { id, status: "finished", result: line.result };
    case "failed":
      return { id, status: "failed", error: line.error };
    case "cancelled":
      return { id, status: "cancelled", reason: line.reason };
    default:
      return unreachable(line);
  }
}

async function openQuestions(store: RunStore, stored: StoredRun): Promise<readonly OpenQuestion[]> {
  const { id } = stored.head;
  const open: OpenQuestion[] = [];
  for (const line of stored.asked.values()) {
    if (!isUnanswered(line, stored) || hasExpired(line)) continue;
    if ((await store.collect(id, answerSlot(line.ask))) === null) open.push(openQuestion(id, line));
  }
  return open;
}

async function statusOf(
  store: RunStore,
  { head, end }: StoredRun,
  { holder, waits }: { readonly holder: string | null; readonly waits: boolean },
): Promise<RunStatus> {
  if (end !== null) return end.end;
  if (holder !== null) return "running";
  if ((await store.collect(head.id, CANCEL_SLOT)) !== null) return "cancelled";
  return waits ? "waiting" : "ready";
}

const LONGEST_TEXT = 200;

function stepInfo(stored: StoredRun, key: string, number: number): StepInfo | null {
  const step = stored.step(key);
  if (step === undefined) return null;
  const { outcome, time } = step;
  const text = "error" in outcome ? outcome.error.message : stepText(outcome.value);
  const shown = text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`;
  return { number, key, ok: "value" in outcome, text: shown, time: new Date(time).toISOString() };
}

/** The part that people look for: what a model said, a tool gave, code printed. */
function stepText(value: Json): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value);
  const { choices, content, output } = value as { readonly [key: string]: Json | undefined };
  const message = Array.isArray(choices) ? (choices[0] as { readonly message?: Json } | undefined)?.message : undefined;
  const said = typeof message === "object" && message !== null && "content" in message ? message["content"] : undefined;
  const text = [said, content, output].find((one) => typeof one === "string");
  return typeof text === "string" ? text : JSON.stringify(message ?? value);
}
