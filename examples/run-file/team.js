// @ts-check
// A writer, a critic, and a user whose tool asks a translator: all with scripted models, so that there is something to look at.
import { setTimeout as wait } from "node:timers/promises";
import { AssistantAgent, GroupChat, GroupChatManager, memoryStream, UserProxyAgent } from "autogen-ts";
import { scriptedModel } from "autogen-ts/testing";

/** @type {import("autogen-ts").ToolCall} */
const CALL = { id: "call_1", type: "function", function: { name: "translate", arguments: '{"text":"Good day"}' } };

/** @param {number} input @param {number} output tokens */
const used = (input, output) =>
  /** @type {const} */ ({ usage: [input, output], model: "gpt-4o-mini", cost: (input * 0.15 + output * 0.6) / 1e6 });

/** @param {string} name @param {import("autogen-ts/testing").ScriptedReply[]} answers */
const agent = (name, ...answers) => new AssistantAgent({ name, llmConfig: scriptedModel(...answers).llmConfig });

/** Holds the chat. @param {string} greeting what the translator says */
export async function talk(greeting) {
  const writer = agent(
    "writer",
    { tool_calls: [CALL], ...used(310, 24) },
    { content: `A card: "${greeting}!"`, ...used(402, 61) },
    { content: `"${greeting}, and welcome!" TERMINATE`, ...used(530, 48) },
  );
  const critic = agent("critic", { content: "Say welcome, too.", ...used(470, 15) });
  const translator = agent("translator", { content: greeting, ...used(95, 6) });
  const clerk = new UserProxyAgent({ name: "clerk", humanInputMode: "NEVER", codeExecutionConfig: false });
  /** @type {import("autogen-ts").ToolFunction} */
  const translate = async ({ text }, { run }) => {
    await wait(30); // as if it were busy
    return (await clerk.initiateChat(translator, { message: text, maxTurns: 1, run })).summary;
  };
  const user = new UserProxyAgent({
    ...{ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false },
    functionMap: { translate },
  });
  const groupChat = new GroupChat({
    agents: [user, writer, critic],
    speakerSelectionMethod: "round_robin",
    allowedOrDisallowedSpeakerTransitions: new Map([
      [user, [writer]],
      [writer, [user, critic]],
      [critic, [writer]],
    ]),
    speakerTransitionsType: "allowed",
    maxRound: 8,
  });
  const manager = new GroupChatManager({
    groupChat,
    llmConfig: false,
    isTerminationMsg: ({ content }) => typeof content === "string" && content.includes("TERMINATE"),
  });
  const message = "Write a card that greets guests from Germany.";
  return await user.initiateChat(manager, { message, silent: true, stream: memoryStream() });
}
