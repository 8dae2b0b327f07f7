/** What a scripted model can say, and what that is as a response. */
import {
  kindOf,
  modelError,
  type AutogenError,
  type ModelFailureKind,
  type ModelParams,
  type ModelResponse,
  type ResponseMessage,
  type ResponseUsage,
} from "../../core.js";

/** A message with what else a response says. */
export interface ScriptedMessage extends Partial<ResponseMessage> {
  /** Prompt and completion tokens, or counts as an endpoint reports them; null for none. @default [10, 5] */
  readonly usage?: readonly [prompt: number, completion: number] | ResponseUsage | null;
  /** @default "scripted" */
  readonly model?: string;
  /** US dollars; null for a model without a known price. @default 0 */
  readonly cost?: number | null;
  readonly finish_reason?: string;
}

/** An answer that arrives in pieces; see `streamed`. */
export interface ScriptedStream extends Omit<ScriptedMessage, "content"> {
  readonly stream: readonly (string | Error | ScriptedFailure)[];
}

/** How an endpoint fails; see `failing`. */
export interface FailureOptions {
  /** HTTP status; null or left out when there was no answer. */
  readonly status?: number | null;
  /** @default what `status` and `code` say, as for a real endpoint */
  readonly kind?: ModelFailureKind;
  /** The endpoint's own code, such as `context_length_exceeded`. */
  readonly code?: string;
  /** What happened, in words. @default the status */
  readonly message?: string;
}

/** A failure that becomes the library's own error when its turn comes. */
export interface ScriptedFailure {
  readonly failure: FailureOptions;
}

/** What a function of a script may give: a text, a message, pieces, a whole response, or a failure. */
export type ScriptedAnswer = string | ScriptedMessage | ScriptedStream | ModelResponse | ScriptedFailure | Error;

/** One scripted answer, or a function of the request that gives one. */
export type ScriptedReply = ScriptedAnswer | ((params: ModelParams) => ScriptedAnswer | Promise<ScriptedAnswer>);

/**
 * An answer in pieces, each of which is an `llm.delta` event. A failure among them breaks the stream off there.
 * `{ ...streamed("a", "b"), usage: [3, 2] }` says more about it.
 */
export function streamed(...pieces: ScriptedStream["stream"]): ScriptedStream {
  return { stream: pieces };
}

/**
 * A request that fails as one to a real endpoint does: `failing({ status: 429 })` throws `model-failed` with the kind
 * `rate_limit`, `failing({ kind: "timeout" })` throws `model-timeout`. Config lists with several entries fall back.
 */
export function failing(failure: FailureOptions): ScriptedFailure {
  return { failure };
}

/** Where pieces go, and whether they are still wanted. */
export interface Delivery {
  readonly model: string;
  readonly onToken?: (text: string) => void;
  /** Throws when nobody waits for the answer any more. */
  throwIfAborted(): void;
}

/** The answer as a response of the protocol; pieces are delivered on the way. @throws the scripted error */
export async function respond(answer: ScriptedAnswer, delivery: Delivery): Promise<ModelResponse> {
  if (answer instanceof Error) throw answer;
  if (typeof answer === "string") return await respond({ content: answer }, delivery);
  if ("failure" in answer) throw failureError(answer.failure, delivery.model);
  if ("choices" in answer) {
    for (const { message } of answer.choices) tell(message?.content, delivery);
    return answer;
  }
  if ("stream" in answer) {
    const { stream, ...rest } = answer;
    return responseOf({ ...rest, content: await deliver(stream, delivery) });
  }
  tell(answer.content, delivery);
  return responseOf(answer);
}

/** Pieces come one by one, so that a reader can leave between two. */
async function deliver(pieces: ScriptedStream["stream"], delivery: Delivery): Promise<string> {
  let text = "";
  for (const piece of pieces) {
    await Promise.resolve();
    delivery.throwIfAborted();
    if (piece instanceof Error) throw piece;
    if (typeof piece !== "string") throw failureError(piece.failure, delivery.model);
    text += piece;
    tell(piece, delivery);
  }
  return text;
}

function tell(text: string | null | undefined, { onToken }: Delivery): void {
  if (text !== undefined && text !== null && text !== "") onToken?.(text);
}

const DEFAULT_USAGE = [10, 5] as const;

function responseOf({ usage = DEFAULT_USAGE, model = "scripted", cost, finish_reason, ...rest }: ScriptedMessage): ModelResponse {
  const message: ResponseMessage = { role: "assistant", content: null, ...rest };
  return {
    model,
    choices: [{ index: 0, finish_reason: finish_reason ?? finishReason(message), message }],
    ...(usage === null ? {} : { usage: isPair(usage) ? tokens(usage) : usage }),
    ...(cost === undefined ? {} : { cost }),
  };
}

function finishReason({ tool_calls, function_call }: ResponseMessage): string {
  if ((tool_calls?.length ?? 0) > 0) return "tool_calls";
  return function_call === undefined ? "stop" : "function_call";
}

const isPair = (usage: NonNullable<ScriptedMessage["usage"]>): usage is readonly [number, number] => Array.isArray(usage);

const tokens = ([prompt, completion]: readonly [number, number]): ResponseUsage => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
});

function failureError({ status = null, kind, code: given, message }: FailureOptions, model: string): AutogenError {
  const code = given ?? null;
  const text = message ?? (status === null ? "was scripted to fail" : `answered ${String(status)}`);
  return modelError({ kind: kind ?? kindOf(status, code, text), reason: text, status, code }, { index: 0, model });
}
