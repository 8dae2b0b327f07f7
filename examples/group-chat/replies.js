// @ts-check
// What the models say when none is configured: written by hand, as are the counts of tokens.
import { discoverModel } from "autogen-ts";
import { scriptedModel } from "autogen-ts/testing";

/** @typedef {import("autogen-ts").WrapperConfig} WrapperConfig */

const call = (/** @type {string} */ name, /** @type {object} */ args = {}) => ({
  content: null,
  tool_calls: [
    { id: `call_${name}`, type: /** @type {const} */ ("function"), function: { name, arguments: JSON.stringify(args) } },
  ],
  usage: /** @type {const} */ ([140, 18]),
});

/** One model for each agent. @returns {Promise<Record<"desk" | "repairs" | "billing" | "chooser", WrapperConfig>>} */
export async function modelsOfAgents() {
  const found = await discoverModel();
  if (found !== null) {
    console.log(`Model: ${found.source}.\n`);
    const llmConfig = { config_list: found.configList };
    return { desk: llmConfig, repairs: llmConfig, billing: llmConfig, chooser: llmConfig };
  }
  console.log("Model: none configured, so what the agents say was written by hand. All else is real.\n");
  return {
    desk: scriptedModel(call("find_order", { number: "1042" }), call("transfer_to_repairs")).llmConfig,
    repairs: scriptedModel({
      content: "Hold the power button for ten seconds, Ms. Lind. If the lamp stays dark, we send you a new one.",
      usage: [210, 26],
    }).llmConfig,
    billing: scriptedModel({ content: "A replacement is free until May. Anything else? DONE", usage: [260, 14] }).llmConfig,
    chooser: scriptedModel({ content: '{"speaker":"billing"}', usage: [190, 7] }).llmConfig,
  };
}
