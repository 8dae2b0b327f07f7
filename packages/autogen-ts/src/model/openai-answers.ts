/** Reading what an endpoint sent: whole or in pieces, well-formed or not. Chapter 20, sections 6 and 12. */
import type { ModelResponse, ResponseMessage } from "../run/index.js";
import type { ModelParams } from "./client.js";
import { AnswerFailure } from "./errors.js";
import { countUsage, type UsageOptions } from "./stream-usage.js";
import { failureInBody } from "./openai-errors.js";
import { StreamAssembler } from "./stream-assembler.js";
import { modelOf } from "./wire-body.js";

/** The part of a `Response` that is used here. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/**
 * The response in a body, whatever its content type says.
 *
 * @param model stands in for a name that the endpoint leaves out
 */
export async function readAnswer(answer: HttpAnswer, model: string): Promise<ModelResponse> {
  const text = await answer.text();
  const body = parse(text);
  const { choices, model: named } = (typeof body === "object" && body !== null ? body : {}) as Partial<ModelResponse>;
  if (!Array.isArray(choices) || choices.length === 0) throw new AnswerFailure(failureInBody(body, answer.status));
  // Choices were looked for; what is in them is the endpoint's to say.
  const response = body as ModelResponse;
  return typeof named === "string" && named !== "" ? response : { ...response, model };
}

/** Text that is not JSON stays what it is. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export interface ReadStreamOptions extends UsageOptions {
  readonly body: ModelParams;
  readonly onToken?: (text: string) => void;
  /** Called for every piece. */
  readonly alive: () => void;
}

/** The response that the pieces of a stream make up. An endpoint that does not stream may answer in one piece. */
export async function readStream(
  pieces: unknown,
  answer: HttpAnswer,
  { body, onToken, alive, ...counting }: ReadStreamOptions,
): Promise<ModelResponse> {
  const model = modelOf(body);
  if (/^(?:application\/json|text\/html)/u.test(answer.headers.get("content-type") ?? "")) {
    const response = await readAnswer(answer, model);
    for (const { message } of response.choices) if (typeof message?.content === "string") onToken?.(message.content);
    return response;
  }
  const assembler = new StreamAssembler();
  // The package gives a stream of parsed pieces for requests with `stream: true`.
  for await (const piece of pieces as AsyncIterable<unknown>) {
    alive();
    if (typeof piece !== "object" || piece === null) continue;
    const text = assembler.add(piece);
    if (text !== "") onToken?.(text);
  }
  if (assembler.empty) throw new AnswerFailure({ kind: "server", reason: "sent an empty stream", status: answer.status });
  if (!assembler.complete)
    throw new AnswerFailure({
      kind: "connection",
      reason: "broke off its stream before the end of the answer",
      status: answer.status,
    });
  const response = assembler.response(model);
  if (response.usage !== undefined && response.usage !== null) return response;
  const messages = response.choices
    .map((choice) => choice.message)
    .filter((message): message is ResponseMessage => message !== undefined);
  return { ...response, usage: await countUsage({ model: response.model, messages: body["messages"] }, messages, counting) };
}
