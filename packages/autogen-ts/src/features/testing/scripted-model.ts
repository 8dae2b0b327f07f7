/** A model that says what the script says: for tests, examples and recordings. */
import {
  AutogenError,
  type ConfigEntry,
  type ModelClient,
  type ModelParams,
  type ModelResponse,
  type ResponseMessage,
  type WrapperConfig,
} from "../../core.js";

/** One scripted answer: a text, a message (with calls, for example), a whole response, an error to throw, or a function of the request. */
export type ScriptedReply =
  | string
  | Partial<ResponseMessage>
  | ModelResponse
  | Error
  | ((
      params: ModelParams,
    ) => string | Partial<ResponseMessage> | ModelResponse | Promise<string | Partial<ResponseMessage> | ModelResponse>);

/** A model under the control of a test. */
export interface ScriptedModel {
  /** Hand it to an agent: `new AssistantAgent({ name, llmConfig: model.llmConfig })`. */
  readonly llmConfig: WrapperConfig;
  /** The requests so far, in wire form. */
  readonly requests: readonly ModelParams[];
  /** Answers that were not asked for yet. */
  readonly repliesLeft: number;
  /** @throws Error when answers are left */
  assertComplete(): void;
}

const USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } as const;

/**
 * Answers requests with `replies`, in order. Each counts 10 + 5 tokens at no cost unless it brings its own usage.
 *
 * @throws AutogenError `model-failed` from the request that has no answer left
 */
export function scriptedModel(...replies: readonly ScriptedReply[]): ScriptedModel {
  const requests: ModelParams[] = [];
  class ScriptedClient implements ModelClient {
    async create(params: ModelParams): Promise<ModelResponse> {
      const number = requests.push(params);
      const reply = replies[number - 1];
      if (reply === undefined) {
        throw new AutogenError(
          "model-failed",
          `Request ${String(number)} has no scripted answer: the script has ${String(replies.length)}.`,
        );
      }
      if (reply instanceof Error) throw reply;
      return responseOf(typeof reply === "function" ? await reply(params) : reply);
    }
    messageRetrieval({ choices }: ModelResponse): readonly (string | null | ResponseMessage)[] {
      return choices.map(({ message = { content: null } }) =>
        message.tool_calls?.length || message.function_call ? message : message.content,
      );
    }
    cost(): number {
      return 0;
    }
    getUsage({ model, usage }: ModelResponse): {
      model: string;
      cost: number;
      prompt_tokens: number;
      completion_tokens: number;
      total_tokens: number;
    } {
      const { prompt_tokens = 0, completion_tokens = 0, total_tokens = prompt_tokens + completion_tokens } = usage ?? {};
      return { model, cost: 0, prompt_tokens, completion_tokens, total_tokens };
    }
  }
  const entry: ConfigEntry = { model: "scripted", model_client_cls: ScriptedClient };
  return {
    llmConfig: { config_list: [entry], cache_seed: null },
    requests,
    get repliesLeft() {
      return Math.max(0, replies.length - requests.length);
    },
    assertComplete() {
      const left = Math.max(0, replies.length - requests.length);
      if (left > 0) throw new Error(`${String(left)} of ${String(replies.length)} scripted answers were never asked for.`);
    },
  };
}

function responseOf(reply: string | Partial<ResponseMessage> | ModelResponse): ModelResponse {
  if (typeof reply === "object" && "choices" in reply) return reply;
  const message: ResponseMessage =
    typeof reply === "string" ? { role: "assistant", content: reply } : { role: "assistant", content: null, ...reply };
  return { model: "scripted", choices: [{ index: 0, finish_reason: "stop", message }], usage: USAGE };
}
