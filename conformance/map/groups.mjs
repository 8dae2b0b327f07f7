/** Group chats of a scenario. */
import { camelKeys } from "./names.mjs";
import { modelSettings } from "./model-settings.mjs";
import { exported } from "./not-available.mjs";
import { transformMessages } from "./transforms.mjs";
import { valueOf } from "./values.mjs";

/** @typedef {import("./stage.mjs").Stage} Stage */

const SPECIAL = [
  "agents",
  "allow_repeat_speaker",
  "allowed_or_disallowed_speaker_transitions",
  "select_speaker_auto_llm_config",
  "select_speaker_transform_messages",
];

/** @param {any} settings @param {Stage} stage */
export function groupChat(settings, stage) {
  const GroupChat = exported("GroupChat", "group chats");
  const options = camelKeys(
    valueOf(Object.fromEntries(Object.entries(settings).filter(([key]) => !SPECIAL.includes(key))), stage),
  );
  options.agents = settings.agents.map(stage.agent);
  const { allow_repeat_speaker: repeat, allowed_or_disallowed_speaker_transitions: transitions } = settings;
  if (repeat !== undefined) options.allowRepeatSpeaker = Array.isArray(repeat) ? repeat.map(stage.agent) : repeat;
  if (transitions !== undefined) options.allowedOrDisallowedSpeakerTransitions = transitionMap(transitions, stage);
  const { select_speaker_auto_llm_config: model, select_speaker_transform_messages: transforms } = settings;
  if (model !== undefined) options.selectSpeakerAutoLlmConfig = modelSettings(model, stage);
  if (transforms !== undefined)
    options.selectSpeakerTransformMessages =
      typeof transforms === "object" && transforms !== null ? transformMessages(transforms, stage) : transforms;
  return new GroupChat(options);
}

/** Names to agents, on both sides. @param {any} table @param {Stage} stage */
export function transitionMap(table, stage) {
  if (table === null) return null;
  return new Map(Object.entries(table).map(([name, next]) => [stage.agent(name), next.map(stage.agent)]));
}
