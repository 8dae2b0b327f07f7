/** Transition tables and members of group chats. */
import { groupChat, transitionMap } from "../map/groups.mjs";
import { exported, library } from "../map/not-available.mjs";
import { newStage } from "../map/stage.mjs";

/** A stage with one agent for each name; `+x` in a table stands for an agent that is not among them. */
function stageWith(names, table = {}) {
  const stage = newStage({ work: "", server: "", lines: [] });
  const outside = [...Object.keys(table ?? {}), ...Object.values(table ?? {}).flat()].filter(
    (name) => typeof name === "string" && name.startsWith("+"),
  );
  for (const name of [...names, ...outside]) {
    const { name: own, description } = typeof name === "string" ? { name, description: undefined } : name;
    const options = { name: own, humanInputMode: "NEVER", ...(description === undefined ? {} : { description }) };
    stage.agents.set(own, new library.ConversableAgent(options));
  }
  return stage;
}

/** Names to agents; `'x` in a list is a plain text in place of an agent. */
function agentTable(table, stage) {
  const member = (name) => (name.startsWith("'") ? name.slice(1) : stage.agent(name));
  return new Map(Object.entries(table).map(([name, next]) => [stage.agent(name), Array.isArray(next) ? next.map(member) : next]));
}

const names = (table) => Object.fromEntries([...table].map(([agent, next]) => [agent.name, next.map((one) => one.name)]));
const group = (members, more, stage) => groupChat({ agents: members.map((one) => one.name ?? one), ...more }, stage);

/** @type {Record<string, import("./index.mjs").TableFunction>} */
export const graphs = {
  has_self_loops: ([table]) => {
    const stage = stageWith(new Set([...Object.keys(table), ...Object.values(table).flat()]));
    return exported("hasSelfLoops", "transition tables")(transitionMap(table, stage));
  },
  check_graph_validity: ([members, table, ...rest]) => {
    const stage = stageWith(members, table);
    const agents = members.map(stage.agent);
    const found = exported("checkGraphValidity", "transition tables")(agentTable(table, stage), agents, ...rest);
    return { warnings: (found ?? []).map(({ kind }) => kind) };
  },
  invert_disallowed_to_allowed: ([members, table]) => {
    const stage = stageWith(members);
    return names(
      exported("invertDisallowedToAllowed", "transition tables")(transitionMap(table, stage), members.map(stage.agent)),
    );
  },
  group_transitions: ([members, table, type], kwargs) => {
    const transitions = { allowed_or_disallowed_speaker_transitions: table, speaker_transitions_type: type };
    const more = { ...(table === undefined ? {} : transitions), ...kwargs };
    return names(group(members, more, stageWith(members)).allowedSpeakerTransitions);
  },
  group_chat_args: ([members], kwargs) => {
    group(members, kwargs, stageWith(members));
    return "ok";
  },
  mentioned_agents: ([members, content]) => {
    const stage = stageWith(members);
    const found = exported("mentionedAgents", "speakers named in texts")(content, members.map(stage.agent));
    return found instanceof Map ? Object.fromEntries(found) : found;
  },
  next_agent: ([members, last, subset]) => {
    const stage = stageWith(new Set([...members, last]));
    const chat = group(members, {}, stage);
    return chat.nextAgent(stage.agent(last), subset == null ? undefined : subset.map(stage.agent)).name;
  },
  select_speaker_msg: ([members, message, prompt, subset]) => {
    const stage = stageWith(members);
    const chat = group(members, { select_speaker_message_template: message, select_speaker_prompt_template: prompt }, stage);
    const agents = subset == null ? undefined : subset.map(stage.agent);
    return {
      message: chat.selectSpeakerMsg(agents),
      prompt: chat.selectSpeakerPrompt(agents),
      introductions: chat.introductionsMsg(agents),
    };
  },
};
