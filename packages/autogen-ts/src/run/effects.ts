/**
 * Effects: everything that touches the world, described as plain JSON.
 * Design: architecture, section 4. Layers (trace, record, replay, cache …) see each effect on its way.
 */
import type { ContentPart, FunctionCall, Json, ToolCall } from "../message/index.js";
import type { EventBody } from "./events.js";

/** One request to a model endpoint. `body` is the wire body; keys and headers are never part of it. */
export interface ModelRequest {
  readonly api: "chat" | "completion" | "custom";
  /** Origin and path of the endpoint, without credentials; `""` when the client has none. */
  readonly endpoint: string;
  /** Index of the entry in the config list. */
  readonly config: number;
  readonly body: Readonly<Record<string, Json>>;
}

/** Token counts as the endpoint reports them. */
export interface ResponseUsage {
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
  readonly total_tokens?: number;
  readonly [detail: string]: Json | undefined;
}

/** The message of one choice of a response, in wire form. */
export interface ResponseMessage {
  readonly role?: string;
  readonly content: string | null;
  readonly tool_calls?: readonly ToolCall[];
  readonly function_call?: FunctionCall;
}

/** One of the answers of a response. */
export interface ResponseChoice {
  readonly index?: number;
  readonly finish_reason?: string | null;
  readonly message?: ResponseMessage;
  /** Answer of the older completion call. */
  readonly text?: string;
}

/** A complete response in the form of the chat-completions protocol; plain data. */
export interface ModelResponse {
  readonly id?: string;
  readonly model: string;
  readonly created?: number;
  readonly choices: readonly ResponseChoice[];
  readonly usage?: ResponseUsage | null;
  /** US dollars; null when the model has no known price. */
  readonly cost?: number | null;
}

/** What a tool gave: `ok: false` is an expected failure that the model is told about. */
export interface ToolOutcome {
  readonly ok: boolean;
  readonly content: string;
  /** Images that the tool gave beside its text. */
  readonly images?: readonly ContentPart[];
}

/** One fenced block of a message. */
export interface CodeBlock {
  /** As written after the fence, or inferred; `""` when unknown. */
  readonly language: string;
  readonly code: string;
  /**
   * Name of the file, relative to the work folder, that the code is saved as, unchanged, and that stays; for executors that
   * run files. @default what its first line says, else a temporary one
   */
  readonly fileName?: string;
}

/** The result of running code blocks. */
export interface CodeResult {
  /** 0 on success, 124 after the time limit, 127 for a missing interpreter, else the code's own. */
  readonly exitCode: number;
  /** What the blocks printed, or why they were not run. */
  readonly output: string;
  /** What the blocks printed on each stream, where the executor keeps them apart. */
  readonly streams?: { readonly stdout: string; readonly stderr: string };
  /** First file written, absolute. */
  readonly codeFile?: string | null;
  /** Files that the code left for the user (images, tables …), absolute. */
  readonly outputFiles?: readonly string[];
  /** Which executor ran it, for example `bubblewrap`. */
  readonly executor?: string;
  /** What the code failed for want of, so that the user can be told how to give it. */
  readonly wanted?: "network";
}

/** Input and output of each kind of effect. */
export interface EffectTable {
  readonly model: { readonly input: ModelRequest; readonly output: ModelResponse };
  readonly tool: {
    readonly input: {
      readonly callId?: string;
      readonly args: Json;
      /** A call that was interrupted must not be repeated unasked. */
      readonly once?: true;
    };
    readonly output: ToolOutcome;
  };
  readonly code: { readonly input: { readonly blocks: readonly CodeBlock[] }; readonly output: CodeResult };
  readonly human: {
    readonly input: {
      readonly prompt: string;
      /** A function of the program answers, and no person. */
      readonly by?: "function";
    };
    readonly output: string;
  };
  /** A number in [0, 1). */
  readonly random: { readonly input: null; readonly output: number };
  /** Milliseconds since 1970, UTC. */
  readonly clock: { readonly input: null; readonly output: number };
  /** All else: search, fetch, files. */
  readonly io: { readonly input: Json; readonly output: Json };
}

/** The kinds of effects. */
export type EffectKind = keyof EffectTable;

/** One touch of the world, described before it happens. */
export interface Effect<K extends EffectKind = EffectKind> {
  readonly kind: K;
  /** For example `run/chat-0/model:assistant#3`; equal on every replay of the same program. */
  readonly key: string;
  /** Which model client, tool, executor or person; a registry name. */
  readonly target: string;
  /** Plain JSON, no functions, no clients. */
  readonly input: EffectTable[K]["input"];
}

/** What the work of an effect is told. */
export interface ExecuteContext {
  /** Absent when nothing can abort the run. */
  readonly signal?: AbortSignal;
  /** Equal whenever this effect is repeated and for no other one; absent when no layer gives one. */
  readonly idempotencyKey?: string;
}

/** Does the work. Not called when a layer answers from a cache or a recording. */
export type Execute<K extends EffectKind = EffectKind> = (context: ExecuteContext) => Promise<EffectTable[K]["output"]>;

/** Carries out an effect, or answers it from elsewhere. */
export type Perform = <K extends EffectKind>(effect: Effect<K>, execute: Execute<K>) => Promise<EffectTable[K]["output"]>;

/** What a layer may know of the run that it is part of. */
export interface EffectScope {
  readonly path: string;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970 by the run's host. */
  now(): number;
  emit(event: EventBody): void;
  warn(code: string, text: string): void;
}

/** One ring of the onion; the first of a list is the outermost. */
export type EffectLayer = (next: Perform, scope: EffectScope) => Perform;
