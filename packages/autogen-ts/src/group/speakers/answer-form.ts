/**
 * Answers that can only be one of the names: by a schema that the endpoint enforces, else by a tool that the model has to
 * call, else by words. Which of them an endpoint takes is found out once.
 */
import { toolCallsOf, type Message } from "../../message/index.js";
import { failureKind, isModelError } from "../../model/index.js";
import type { ResponseMessage } from "../../run/index.js";

/** How the answer to a selection is constrained. */
export type AnswerForm = "schema" | "tool" | "text";

const TOOL = "select_next_speaker";
const KEY = "speaker";

/** The forms that the endpoint of a group did not refuse yet, the strictest first. */
export class AnswerForms {
  #left: readonly AnswerForm[] = ["schema", "tool", "text"];

  get strictest(): AnswerForm {
    return this.#left[0] ?? "text";
  }

  /** Not asked for again in this group. */
  refused(form: AnswerForm): void {
    this.#left = this.#left.filter((one) => one !== form);
  }
}

/** Parameters of the request that make the model answer in this form; each of them is paid for in every request. */
export function parametersOf(form: AnswerForm, names: readonly string[]): Readonly<Record<string, unknown>> {
  if (form === "text") return {};
  const parameters = { type: "object", properties: { [KEY]: { type: "string", enum: names } }, required: [KEY] };
  if (form === "schema") {
    // Strict schemas have to exclude other keys.
    const schema = { ...parameters, additionalProperties: false };
    return { response_format: { type: "json_schema", json_schema: { name: "next", strict: true, schema } } };
  }
  return {
    tools: [{ type: "function", function: { name: TOOL, parameters } }],
    tool_choice: { type: "function", function: { name: TOOL } },
  };
}

/** The name in an answer of any form; what is in no form is given as it is. */
export function nameIn(answer: string | ResponseMessage | null): string {
  if (answer === null) return "";
  if (typeof answer === "string") return speakerIn(answer) ?? answer;
  // The keys of calls are those of messages.
  const [call] = toolCallsOf(answer as Message);
  return speakerIn(call?.function.arguments ?? "") ?? answer.content ?? "";
}

/** Models put fences around JSON at times. */
function speakerIn(text: string): string | null {
  const json = /\{[^{}]*\}/u.exec(text)?.[0];
  if (json === undefined) return null;
  try {
    const { [KEY]: name } = JSON.parse(json) as { readonly [KEY]?: unknown };
    return typeof name === "string" ? name : null;
  } catch {
    return null; // words with braces in them
  }
}

/** Whether an endpoint says that it does not know what was asked of it. */
export const isRefusal = (error: unknown): boolean => isModelError(error) && failureKind(error) === "bad_request";
