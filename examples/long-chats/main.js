/**
 * A chat that outgrows its model: the same 40 turns without help, with a guard that trims, with notes, and with a tool whose
 * result alone is longer than the window. The model is a stand-in for one with 2,000 tokens: it counts what it is sent and
 * refuses what is longer, in OpenAI's words. Nothing leaves this machine.
 */
import { AssistantAgent, countToken, isAutogenError, modelError, nullStream, UserProxyAgent } from "autogen-ts";
import { ContextGuard, MessageHistoryLimiter, ToolResultLimiter, TransformMessages } from "autogen-ts/transforms";

const WINDOW = 2000;
const TURNS = 40;

/** What the model was sent: tokens of each request. @type {number[]} */
let requests = [];
let refused = 0;

class SmallModel {
  /** @param {import("autogen-ts").ModelParams} params */
  async create({ messages }) {
    const tokens = await countToken(/** @type {object[]} */ (messages), "gpt-4");
    if (tokens > WINDOW) {
      refused += 1;
      const reason = `answered 400 This model's maximum context length is ${WINDOW} tokens. However, your messages resulted in ${tokens} tokens.`;
      throw modelError({ kind: "context_length", reason }, { index: 0, model: "small" });
    }
    requests.push(tokens);
    return {
      model: "small",
      choices: [{ message: { role: "assistant", content: `Step ${requests.length}: ${"and so on ".repeat(15)}` } }],
    };
  }
  /** @param {import("autogen-ts").ModelResponse} response */
  messageRetrieval({ choices }) {
    return choices.map(({ message }) => message?.content ?? null);
  }
  cost() {
    return 0;
  }
  getUsage() {
    return {};
  }
}

/** @param {string} title @param {object} settings @param {(assistant: AssistantAgent) => void} [prepare] */
async function chat(title, settings, prepare) {
  requests = [];
  refused = 0;
  const llmConfig = { config_list: [{ model: "small", model_client_cls: SmallModel }], cache_seed: null, ...settings };
  const assistant = new AssistantAgent({ name: "assistant", systemMessage: "You tell a long story.", llmConfig });
  const user = new UserProxyAgent({
    name: "user",
    humanInputMode: "NEVER",
    codeExecutionConfig: false,
    defaultAutoReply: `Go on. ${"Here are some remarks of mine. ".repeat(8)}`,
  });
  prepare?.(assistant);
  let changed = 0;
  const options = {
    message: "Tell me the story of the lighthouse.",
    maxTurns: TURNS,
    stream: nullStream(),
    loopDetection: false,
  };
  const outcome = await user
    .initiateChat(assistant, {
      ...options,
      onEvent: ({ type }) => {
        if (type === "messages.transformed") changed += 1;
      },
    })
    .then(({ chatHistory }) => `${chatHistory.length} messages in the history`)
    .catch((error) => {
      if (!isAutogenError(error)) throw error;
      return `ended with: ${error.message.slice(0, 100)}…`;
    });
  console.log(`\n${title}\n  ${outcome}`);
  console.log(
    `  ${requests.length} answered, ${refused} refused, ${changed} made shorter; the longest had ${Math.max(...requests)} tokens`,
  );
}

await chat("Without help", {});
await chat("A guard that knows the window", { contextGuard: new ContextGuard({ window: WINDOW, answerTokens: 200 }) });
await chat("A guard that has to be told by the endpoint", { contextGuard: new ContextGuard() });
await chat("A guard with notes", { contextGuard: new ContextGuard({ window: WINDOW, answerTokens: 200, policy: "summarize" }) });
await chat("The newest six messages", {}, (assistant) => {
  const transforms = [
    new ToolResultLimiter({ maxTokens: 300 }),
    new MessageHistoryLimiter({ maxMessages: 6, keepFirstMessage: true }),
  ];
  new TransformMessages({ transforms }).addToAgent(assistant);
});
