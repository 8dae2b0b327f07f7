/** The model that transforms ask: one of their own, or that of the agent whose messages they change. */
import { AutogenError, OpenAIWrapper, PLAIN_QUESTION, type WrapperConfig } from "../../core.js";
import type { TransformContext } from "./transform.js";

/** Gives the text of a model's answer. */
export type AskModel = (messages: readonly object[], context: TransformContext) => Promise<string>;

/** @param model absent: the agent's */
export function askingModel(model: OpenAIWrapper | WrapperConfig | undefined, what: string): AskModel {
  let own = model instanceof OpenAIWrapper ? model : undefined;
  return async (messages, { agent, run }) => {
    if (own === undefined && model !== undefined) own = new OpenAIWrapper(model as WrapperConfig);
    const client = own ?? agent?.client;
    if (client === undefined || client === null)
      throw new AutogenError(
        "no-model",
        `${what} has no model to ask. Pass \`model\`, or add it to an agent with \`llmConfig\`.`,
      );
    const response = await client.create({
      messages,
      agent: agent?.name ?? what,
      ...(run === undefined ? {} : { run, cache: run.context.cache ?? null }),
      overrides: PLAIN_QUESTION,
    });
    const [answer] = client.extractTextOrCompletionObject(response);
    return typeof answer === "string" ? answer : (answer?.content ?? "");
  };
}
