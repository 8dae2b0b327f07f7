/** A model that says what the script says: for tests, examples and recordings. */
import {
  AutogenError,
  throwIfAborted,
  type ConfigEntry,
  type CreateContext,
  type ModelClient,
  type ModelParams,
  type ModelResponse,
  type ResponseMessage,
  type UsageRecord,
  type WrapperConfig,
} from "../../core.js";
import { assertUsed, quoted } from "./script.js";
import { respond, type ScriptedReply } from "./scripted-reply.js";

/** A model under the control of a test. */
export interface ScriptedModel {
  /** Hand it to an agent: `new AssistantAgent({ name, llmConfig: model.llmConfig })`. Streams when the script does. */
  readonly llmConfig: WrapperConfig;
  /** The requests so far, in wire form. */
  readonly requests: readonly ModelParams[];
  /** Answers that were not asked for yet. */
  readonly repliesLeft: number;
  /** @throws Error when answers are left */
  assertComplete(): void;
}

/** The endpoint of scripted models in effects: `forbidRequests` lets it pass. */
export const SCRIPTED_ENDPOINT = "scripted:";

/**
 * Answers requests with `replies`, in order: texts, messages (with calls, for example), `streamed` pieces, whole
 * responses, errors, `failing` endpoints, or functions of the request. Each counts 10 + 5 tokens at no cost unless it
 * says otherwise.
 *
 * @throws AutogenError `model-failed` from the request that has no answer left, naming it and its last message
 */
export function scriptedModel(...replies: readonly ScriptedReply[]): ScriptedModel {
  const requests: ModelParams[] = [];
  class ScriptedClient implements ModelClient {
    async create(params: ModelParams, { signal, onToken }: CreateContext = {}): Promise<ModelResponse> {
      const reply = replies[requests.push(params) - 1];
      if (reply === undefined) throw exhausted(params, requests.length, replies.length);
      return await respond(typeof reply === "function" ? await reply(params) : reply, {
        model: "scripted",
        ...(onToken === undefined ? {} : { onToken }),
        throwIfAborted: () => signal !== undefined && throwIfAborted(signal),
      });
    }
    messageRetrieval({ choices }: ModelResponse): readonly (string | null | ResponseMessage)[] {
      return choices.map(({ message = { content: null } }) =>
        message.tool_calls?.length || message.function_call ? message : message.content,
      );
    }
    cost({ cost = 0 }: ModelResponse): number | null {
      return cost;
    }
    getUsage({ model, usage, cost = 0 }: ModelResponse): UsageRecord {
      const { prompt_tokens = 0, completion_tokens = 0, total_tokens = prompt_tokens + completion_tokens } = usage ?? {};
      return { model, cost, prompt_tokens, completion_tokens, total_tokens };
    }
  }
  const entry: ConfigEntry = { model: "scripted", base_url: SCRIPTED_ENDPOINT, model_client_cls: ScriptedClient };
  const streams = replies.some((reply) => typeof reply === "object" && "stream" in reply);
  const left = (): readonly ScriptedReply[] => replies.slice(requests.length);
  return {
    llmConfig: { config_list: [entry], cache_seed: null, ...(streams ? { stream: true } : {}) },
    requests,
    get repliesLeft() {
      return left().length;
    },
    assertComplete() {
      assertUsed("answers", left(), replies.length);
    },
  };
}

function exhausted({ messages }: ModelParams, number: number, scripted: number): AutogenError {
  // Params come from a request of this library; a request of the older completion call has none.
  const last = Array.isArray(messages) ? (messages.at(-1) as Readonly<Record<string, unknown>> | undefined) : undefined;
  const { role, name, content, tool_calls: calls } = last ?? {};
  const from = typeof name === "string" ? name : String(role);
  const shown = last === undefined ? "" : ` Its last message, from \`${from}\`, is ${quoted(content ?? calls ?? null)}.`;
  return new AutogenError(
    "model-failed",
    `Request ${String(number)} has no scripted answer: the script has ${String(scripted)}.${shown} Add an answer, or end the chat before.`,
  );
}
