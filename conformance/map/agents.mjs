/** Building the agents of a scenario. */
import { codeExecution } from "./code-settings.mjs";
import { groupChat } from "./groups.mjs";
import { holds } from "./message-tests.mjs";
import { modelSettings } from "./model-settings.mjs";
import { camelCase, pick } from "./names.mjs";
import { exported } from "./not-available.mjs";
import { functionMap } from "./tools.mjs";
import { valueOf } from "./values.mjs";
import { ScenarioError } from "./scenario-error.mjs";

/** @typedef {import("./stage.mjs").Stage} Stage */

/** Class and feature by `type`. @type {Record<string, readonly [name: string, feature: string]>} */
const CLASSES = {
  conversable: ["ConversableAgent", "agents"],
  assistant: ["AssistantAgent", "agents"],
  user_proxy: ["UserProxyAgent", "agents"],
  group_chat_manager: ["GroupChatManager", "group chats"],
  society_of_mind: ["SocietyOfMindAgent", "society of mind"],
  math_user_proxy: ["MathUserProxyAgent", "math chats"],
  retrieve_user_proxy: ["RetrieveUserProxyAgent", "retrieval agents"],
  multimodal: ["MultimodalConversableAgent", "multimodal agents"],
};

/** Passed on under their names in camelCase. */
const PLAIN = [
  "name",
  "system_message",
  "description",
  "human_input_mode",
  "max_consecutive_auto_reply",
  "default_auto_reply",
  "silent",
];

/** Values that need more. @type {Record<string, (value: any, stage: Stage, spec: any) => readonly [option: string, value: any]>} */
const SPECIAL = {
  is_termination_msg: (test) => ["isTerminationMsg", test === null ? null : (message) => holds(test, message)],
  llm: (settings, stage) => ["llmConfig", modelSettings(settings, stage)],
  code_execution: (settings) => ["codeExecutionConfig", codeExecution(settings)],
  function_map: (map, stage) => ["functionMap", functionMap(map, stage)],
  chat_messages: (histories, stage) => [
    "chatMessages",
    new Map(Object.entries(histories).map(([peer, list]) => [stage.agent(peer), list])),
  ],
  group_chat: (settings, stage) => ["groupChat", groupChat(settings, stage)],
  chat_manager: (name, stage) => ["chatManager", stage.agent(name)],
  response_preparer: (preparer, stage) => ["responsePreparer", valueOf(preparer, stage)],
  retrieve_config: (config, stage, { retrieved }) => ["retrieveConfig", retrieveConfig(config, retrieved, stage)],
};

/** Builds an agent and puts it on the stage. @param {any} spec @param {Stage} stage */
export function buildAgent(spec, stage) {
  const [name, feature] = CLASSES[spec.type ?? "conversable"] ?? [];
  if (name === undefined) throw new ScenarioError(`A scenario has an agent of the type \`${spec.type}\`, which is not known.`);
  const Agent = exported(name, feature);
  const options = Object.fromEntries(
    Object.entries(pick(spec, PLAIN)).map(([key, value]) => [camelCase(key), valueOf(value, stage)]),
  );
  for (const [key, make] of Object.entries(SPECIAL)) {
    if (!(key in spec)) continue;
    const [option, value] = make(spec[key], stage, spec);
    options[option] = value;
  }
  stage.agents.set(spec.name, new Agent(options));
}

/** The database gives what the scenario says, query by query. */
function retrieveConfig(config, retrieved, stage) {
  const lists = [...retrieved];
  const next = () => (lists.length > 1 ? lists.shift() : lists[0]).map(({ distance, ...document }) => [document, distance]);
  const vectorDb = {
    type: "scripted",
    createCollection: () => ({}),
    getCollection: () => ({}),
    insertDocs: () => undefined,
    getDocsByIds: () => [],
    retrieveDocs: (queries) => queries.map(next),
  };
  const values = valueOf(config, stage);
  return { ...Object.fromEntries(Object.entries(values).map(([key, value]) => [camelCase(key), value])), vectorDb };
}
