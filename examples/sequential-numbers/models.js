// @ts-check
// The model that is configured; without one, a stand-in that reads as simply as a small model does.
import { discoverModel } from "autogen-ts";
import { scriptedModel } from "autogen-ts/testing";
import { STEPS, numbersIn } from "./steps.js";

/** @returns {Promise<(agent: string) => import("autogen-ts").WrapperConfig>} */
export async function modelFor() {
  const found = await discoverModel();
  if (found !== null) {
    console.log(`Model: ${found.source}.`);
    return () => ({ config_list: found.configList });
  }
  console.log(
    "Model: none configured. A stand-in calculates instead: it works on all numbers that it sees, unless a line says which are the latest.",
  );
  return (agent) => {
    const answer = (/** @type {import("autogen-ts").ModelParams} */ { messages }) => calculate(agent, lastText(messages));
    return scriptedModel(answer, answer, answer).llmConfig; // once for each way of handing on
  };
}

/** @param {string} agent @param {string} text */
function calculate(agent, text) {
  const latest = /: the latest ---\n(.*?)\n---/s.exec(text)?.[1];
  const work = STEPS.find(({ name }) => name === agent)?.work ?? ((number) => number);
  return numbersIn(latest ?? text)
    .map(work)
    .join("\n");
}

/** @param {unknown} messages */
function lastText(messages) {
  const last = Array.isArray(messages) ? messages.at(-1) : undefined;
  return String(last?.content ?? "");
}
