/** Reading and changing agents. */
import { buildAgent } from "../map/agents.mjs";
import { exported } from "../map/not-available.mjs";
import { plain } from "../map/json.mjs";
import { recordedReport, recordedUsage } from "../map/results.mjs";
import { valueOf } from "../map/values.mjs";
import { ScenarioError } from "../map/scenario-error.mjs";

/** @type {Record<string, (agent: any, sender: any) => unknown>} */
const PROPERTIES = {
  name: (agent) => agent.name,
  system_message: (agent) => agent.systemMessage,
  description: (agent) => agent.description,
  human_input_mode: (agent) => agent.humanInputMode,
  silent: (agent) => agent.silent,
  max_consecutive_auto_reply: (agent, sender) => agent.maxConsecutiveAutoReply(sender),
  llm_enabled: (agent) => agent.client !== null,
  code_execution_enabled: (agent) => agent.codeExecution !== null,
  function_names: (agent) => [...agent.functionMap.keys()],
  actual_usage: (agent) => recordedUsage(agent.getActualUsage()),
  total_usage: (agent) => recordedUsage(agent.getTotalUsage()),
};

/** @type {Record<string, (agent: any, value: any, stage: import("../map/stage.mjs").Stage) => void>} */
const SETTERS = {
  system_message: (agent, value) => agent.updateSystemMessage(value),
  human_input_mode: (agent, value) => void (agent.humanInputMode = value),
  silent: (agent, value) => void (agent.silent = value),
  description: (agent, value) => void (agent.description = value),
  max_consecutive_auto_reply: (agent, value, stage) => {
    if (typeof value !== "object" || value === null) agent.updateMaxConsecutiveAutoReply(value);
    else agent.updateMaxConsecutiveAutoReply(value.value, stage.agent(value.sender));
  },
};

function known(table, name) {
  if (!(name in table)) throw new ScenarioError(`A scenario asks for \`${name}\` of an agent, which is not known.`);
  return table[name];
}

/** @type {Record<string, import("./index.mjs").Step>} */
export const state = {
  set({ agent, values }, stage) {
    for (const [name, value] of Object.entries(values)) known(SETTERS, name)(stage.agent(agent), valueOf(value, stage), stage);
  },

  get({ agent, what, sender }, stage) {
    const peer = sender == null ? null : stage.agent(sender);
    return plain(Object.fromEntries(what.map((name) => [name, known(PROPERTIES, name)(stage.agent(agent), peer) ?? null])));
  },

  last_message: ({ agent, peer }, stage) => plain(stage.agent(agent).lastMessage(peer == null ? undefined : stage.agent(peer))),

  clear_history({ agent, peer, keep }, stage) {
    stage.agent(agent).clearHistory(peer == null ? undefined : stage.agent(peer), keep);
  },

  reset: async ({ agent }, stage) => void (await stage.agent(agent).reset()),

  new_agent: ({ spec }, stage) => buildAgent(spec, stage),

  gather_usage: ({ agents }, stage) => recordedReport(exported("gatherUsageSummary", "usage of agents")(agents.map(stage.agent))),
};
