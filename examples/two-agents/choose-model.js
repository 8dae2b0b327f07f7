// @ts-check
// Which model answers: the one that is configured, a local server, or the bundled recording.
import { AutogenError, discoverModel, MODEL_HELP } from "autogen-ts";
import { replay } from "autogen-ts/testing";

/**
 * Says in one line what was found, before anything starts.
 *
 * @param {{ recording: boolean }} options whether the recorded run may stand in for a model
 * @returns {Promise<{ llmConfig: import("autogen-ts").WrapperConfig, layers: import("autogen-ts").EffectLayer[] }>}
 * @throws AutogenError `no-model` when there is none
 */
export async function chooseModel({ recording }) {
  const found = await discoverModel();
  if (found !== null) {
    console.log(`Model: ${found.source}.\n`);
    return { llmConfig: { config_list: found.configList }, layers: [] };
  }
  if (!recording) throw new AutogenError("no-model", MODEL_HELP);
  console.log(
    "Model: none configured, so the assistant's replies come from a recorded run; they were written by hand. All else is real.\n",
  );
  const layer = await replay(new URL("recording.jsonl", import.meta.url), { kinds: ["model"] });
  return { llmConfig: { config_list: [{ model: "gpt-4o-mini" }], cache_seed: null }, layers: [layer] };
}
