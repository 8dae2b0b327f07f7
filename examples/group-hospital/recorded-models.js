// @ts-check
// The models of one visit: what they say was written by hand, what a request costs is counted.
import { computeCost, countToken } from "autogen-ts";
import { scriptedModel } from "autogen-ts/testing";
import { IDLE } from "./visit.js";

const MODEL = "gpt-4o-mini";
/** US dollars for 1,000 tokens. */
const PRICE = { prompt: 0.00015, completion: 0.0006 };
const MOST_REQUESTS = 200;

/** How a small model says whom it chooses; `{next}` is the agent that the visit needs. */
const SAID = [
  "{next}",
  "下一个角色：{next}",
  "**{next}**",
  "接下来应该由{next}发言。",
  "“{next}”",
  "根据对话，下一个应该是 {next}。",
];
/** After these lines a text of the model names two, and it has to be asked again. */
const UNDECIDED = new Map([
  ["Doctor", "Doctor或者Patient都可以"],
  ["Pharmacy", "Cashier、Pharmacy"],
]);

/**
 * @param {readonly import("./visit.js").Line[]} lines
 * @returns models for the agents and for the choice of speakers, and the sum of what they counted themselves
 */
export function recordedModels(lines) {
  const used = { requests: 0, prompt: 0, completion: 0 };
  // The first line opens the chat and needs no model.
  let position = 1;
  /** @type {Set<string>} */
  const undecided = new Set();

  /** @param {(params: any) => string} answer */
  const model = (answer) => {
    const reply = async (/** @type {any} */ params) => {
      const content = answer(params);
      const { messages, response_format: format } = params;
      const prompt =
        (await countToken(messages, MODEL)) + (format === undefined ? 0 : await countToken(JSON.stringify(format), MODEL));
      const completion = await countToken(content, MODEL);
      used.requests += 1;
      used.prompt += prompt;
      used.completion += completion;
      const cost = computeCost({ prompt_tokens: prompt, completion_tokens: completion }, PRICE);
      return { content, model: MODEL, usage: /** @type {const} */ ([prompt, completion]), cost };
    };
    return scriptedModel(...Array.from({ length: MOST_REQUESTS }, () => reply)).llmConfig;
  };

  /** The next line, if it is this agent's turn in the visit. @param {string} name */
  const says = (name) => {
    const [speaker, text] = lines[position] ?? [];
    if (speaker !== name || text === undefined) return IDLE;
    position += 1;
    return text;
  };

  const chooser = model(({ response_format: format }) => {
    const [next = ""] = lines[position] ?? [];
    if (format !== undefined) return JSON.stringify({ speaker: next });
    const hesitation = UNDECIDED.get(next);
    if (hesitation === undefined || undecided.has(next))
      return (SAID[position % SAID.length] ?? "{next}").replace("{next}", next);
    undecided.add(next);
    return hesitation;
  });
  return { modelOf: (/** @type {string} */ name) => model(() => says(name)), chooser, used };
}
