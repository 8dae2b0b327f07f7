/** Clients for enhanced inference. */
import { cacheOf } from "../map/caches.mjs";
import { cannedClientClass } from "../map/canned-client.mjs";
import { plain } from "../map/json.mjs";
import { modelSettings } from "../map/model-settings.mjs";
import { pick } from "../map/names.mjs";
import { call, exported } from "../map/not-available.mjs";
import { cleaned, recordedUsage } from "../map/results.mjs";
import { valueOf } from "../map/values.mjs";

/** @typedef {import("../map/stage.mjs").Stage} Stage */

/** Makes a client and puts it on the stage. @param {string} name @param {any} settings @param {Stage} stage */
export function buildClient(name, settings, stage) {
  const Wrapper = exported("OpenAIWrapper", "enhanced inference");
  stage.clients.set(name, new Wrapper(modelSettings(settings, stage)));
}

/** Asks with `params` as they are written. @param {any} params @param {Stage} stage */
function createOptions(params, stage) {
  const options = valueOf(params, stage);
  if (params.cache !== undefined) options.cache = cacheOf(params.cache, stage);
  return options;
}

/** Only what the answer has: not every endpoint counts, not every client says why it ended. */
function details({ usage, choices }) {
  const reasons = choices.every((choice) => "finish_reason" in choice);
  return {
    ...(usage == null ? {} : { usage: pick(usage, ["prompt_tokens", "completion_tokens", "total_tokens"]) }),
    ...(reasons ? { finish_reasons: choices.map((choice) => choice.finish_reason) } : {}),
  };
}

/** @type {Record<string, import("./index.mjs").Step>} */
export const clients = {
  new_client: ({ client, config }, stage) => buildClient(client, config, stage),

  async create({ client: name, params }, stage) {
    const client = stage.client(name);
    const response = await client.create(createOptions(params, stage));
    return plain({
      choices: client.extractTextOrCompletionObject(response).map(cleaned),
      model: response.model,
      cost: response.cost ?? 0,
      config_id: response.config_id,
      pass_filter: response.pass_filter,
      ...details(response),
    });
  },

  client_usage({ client }, stage) {
    const { totalUsageSummary, actualUsageSummary } = stage.client(client);
    return { total: recordedUsage(totalUsageSummary), actual: recordedUsage(actualUsageSummary) };
  },

  clear_usage: ({ client }, stage) => stage.client(client).clearUsageSummary(),

  print_usage_summary({ agent, client, mode }, stage) {
    const args = mode === undefined ? [] : [mode];
    if (agent !== undefined) return call(stage.agent(agent), "printUsageSummary", "printed usage of agents", ...args);
    const wrapper = stage.client(client);
    if (typeof wrapper.printUsageSummary === "function") return wrapper.printUsageSummary(...args);
    return stage.console.stream.print(call(wrapper, "usageSummaryText", "printed usage", ...args));
  },

  register_model_client({ client, agent, kwargs }, stage) {
    const target = agent === undefined ? stage.client(client) : stage.agent(agent);
    const holder = typeof target.registerModelClient === "function" ? target : target.client;
    call(holder, "registerModelClient", "own model clients", cannedClientClass(stage), ...(kwargs === undefined ? [] : [kwargs]));
  },
};
