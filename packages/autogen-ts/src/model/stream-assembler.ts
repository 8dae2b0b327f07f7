/** One response out of the pieces of a stream. Chapter 20, section 12; one list of calls for each choice (D6). */
import type { ModelResponse, ResponseChoice, ResponseMessage, ResponseUsage } from "../run/index.js";
import { CallAssembler, type CallPiece, type FunctionPiece } from "./call-assembler.js";

/** A piece as endpoints send it; nothing about it is certain. */
export interface StreamChunk {
  readonly id?: string | null;
  readonly model?: string | null;
  readonly created?: number | null;
  readonly usage?: ResponseUsage | null;
  readonly choices?: readonly StreamChoice[] | null;
}

export interface StreamChoice {
  readonly index?: number | null;
  readonly finish_reason?: string | null;
  readonly delta?: StreamDelta | null;
}

export interface StreamDelta {
  readonly content?: string | null;
  readonly tool_calls?: readonly CallPiece[] | null;
  readonly function_call?: FunctionPiece | null;
}

/** Puts pieces together; `add` them in order, then ask for the `response`. */
export class StreamAssembler {
  readonly #choices = new Map<number, ChoiceAssembler>();
  #head: { id?: string; model?: string; created?: number } = {};
  #usage: ResponseUsage | null = null;

  /** Takes the next piece; returns the text in it, of all choices in their order. */
  add(chunk: StreamChunk): string {
    const { id, model, created, usage, choices } = chunk;
    this.#head = {
      ...this.#head,
      ...(id ? { id } : {}),
      ...(model ? { model } : {}),
      ...(typeof created === "number" ? { created } : {}),
    };
    this.#usage = usage ?? this.#usage;
    let text = "";
    for (const choice of choices ?? []) text += this.#choice(choice.index ?? 0).add(choice);
    return text;
  }

  /** Whether no choice has come at all. */
  get empty(): boolean {
    return this.#choices.size === 0;
  }

  /** Whether every choice has said why it ended; a stream that was cut has not. */
  get complete(): boolean {
    return !this.empty && [...this.#choices.values()].every((choice) => choice.finished);
  }

  /** What has come so far, choices by index; `usage` is null when the endpoint sent none. */
  response(requestedModel: string): ModelResponse {
    const choices = [...this.#choices.entries()].toSorted(([a], [b]) => a - b).map(([index, choice]) => choice.result(index));
    return { model: requestedModel, ...this.#head, choices, usage: this.#usage };
  }

  #choice(index: number): ChoiceAssembler {
    let choice = this.#choices.get(index);
    if (choice === undefined) this.#choices.set(index, (choice = new ChoiceAssembler()));
    return choice;
  }
}

class ChoiceAssembler {
  #content: string | null = null;
  #finishReason: string | null = null;
  readonly #calls = new CallAssembler();

  get finished(): boolean {
    return this.#finishReason !== null;
  }

  add({ finish_reason, delta }: StreamChoice): string {
    this.#finishReason = finish_reason ?? this.#finishReason;
    this.#calls.add(delta?.tool_calls ?? [], delta?.function_call ?? null);
    const text = delta?.content;
    if (typeof text !== "string") return "";
    this.#content = (this.#content ?? "") + text;
    return text;
  }

  result(index: number): ResponseChoice {
    const calls = this.#calls.result();
    const hasCalls = calls.tool_calls !== undefined || calls.function_call !== undefined;
    const content = hasCalls && this.#content === "" ? null : this.#content;
    const message: ResponseMessage = { role: "assistant", content, ...calls };
    return { index, finish_reason: this.#finishReason, message };
  }
}
