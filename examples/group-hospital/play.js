// @ts-check
// Plays one visit with one way of choosing who speaks, and adds up what it took.
import assert from "node:assert/strict";
import { contentText, ConversableAgent, GroupChat, GroupChatManager } from "autogen-ts";
import { recordedModels } from "./recorded-models.js";
import { NURSE, ROLES, TRANSITIONS, TRANSITIONS_WITH_NURSE, visitLines } from "./visit.js";

/** @typedef {{ agent: string, requests: number, prompt: number, completion: number, cost: number }} Use */
/** @typedef {{ nurse?: boolean, roundRobin?: boolean, transitions?: boolean, transform?: boolean, structured?: boolean }} Way */
/** @typedef {{ uses: readonly Use[], selection: number, speakers: number, prompt: number, total: number, requests: number, messages: readonly string[] }} Visit */

const MANAGER = "Hospital";
/** What a selection is shown of the conversation: its question, and the two messages before it. */
const KEPT = 3;
/** @type {import("autogen-ts").SelectionTransform} */
const lastMessages = {
  addToAgent: (agent) => agent.registerHook("processAllMessagesBeforeReply", (messages) => messages.slice(-KEPT)),
};

/** @param {Way} way @param {AbortSignal} signal @returns {Promise<Visit>} */
export async function playVisit(
  { nurse = false, roundRobin = false, transitions = false, transform = false, structured = false },
  signal,
) {
  const lines = visitLines({ nurse });
  const { modelOf, chooser, used } = recordedModels(lines);
  const agents = Object.entries(nurse ? { ...ROLES, ...NURSE } : ROLES).map(
    ([name, { description, prompt }]) =>
      new ConversableAgent({ name, description, systemMessage: prompt, humanInputMode: "NEVER", llmConfig: modelOf(name) }),
  );
  const groupChat = new GroupChat({
    agents,
    maxRound: 60,
    speakerSelectionMethod: roundRobin ? "round_robin" : "auto",
    selectSpeakerAutoLlmConfig: chooser,
    select: { output: structured ? "structured" : "text" },
    ...(transform ? { selectSpeakerTransformMessages: lastMessages } : {}),
    ...(transitions
      ? { allowedOrDisallowedSpeakerTransitions: nurse ? TRANSITIONS_WITH_NURSE : TRANSITIONS, speakerTransitionsType: "allowed" }
      : { allowRepeatSpeaker: false }),
  });
  const manager = new GroupChatManager({ name: MANAGER, groupChat, silent: true });
  const [patient] = agents;
  assert.ok(patient);

  /** @type {Map<string, Use>} */
  const uses = new Map();
  const result = await patient.initiateChat(manager, {
    message: lines[0]?.[1] ?? "",
    silent: true,
    signal,
    onEvent: (event) => {
      if (event.type !== "llm.end" || event.usage === null) return;
      const { promptTokens, completionTokens, cost } = event.usage;
      const use = uses.get(event.agent) ?? { agent: event.agent, requests: 0, prompt: 0, completion: 0, cost: 0 };
      uses.set(event.agent, {
        ...use,
        requests: use.requests + 1,
        prompt: use.prompt + promptTokens,
        completion: use.completion + completionTokens,
        cost: use.cost + (cost ?? 0),
      });
    },
  });

  const all = [...uses.values()];
  const sum = (/** @type {(use: Use) => number} */ of) => all.reduce((total, use) => total + of(use), 0);
  const selection = uses.get(MANAGER)?.prompt ?? 0;
  // What the library counted is what the models counted themselves, to the token; so is the cost that the chat gives back.
  assert.deepEqual(
    [sum((use) => use.requests), sum((use) => use.prompt), sum((use) => use.completion)],
    [used.requests, used.prompt, used.completion],
  );
  assert.ok(Math.abs(sum((use) => use.cost) - (result.cost.usageIncludingCachedInference.total_cost ?? 0)) < 1e-12);
  assert.equal(result.stopReason, "termination-message");
  return {
    uses: all,
    selection,
    speakers: sum((use) => use.prompt) - selection,
    prompt: sum((use) => use.prompt),
    total: used.prompt + used.completion,
    requests: used.requests,
    messages: groupChat.messages.map(({ name, content }) => `${name}: ${contentText(content)}`),
  };
}
