/** What the library itself costs per message: two agents with scripted replies in one long, silent chat. */
import { ConversableAgent } from "autogen-ts";

const WARM_UP = 2_000;
const SHORT = 10_000;
const LONG = 100_000;

export async function run() {
  await chat(WARM_UP);
  const short = await chat(SHORT);
  const long = await chat(LONG);
  return [
    { label: `CPU per message, ${SHORT} messages`, value: short.microseconds, unit: "µs" },
    { label: `CPU per message, ${LONG} messages`, value: long.microseconds, unit: "µs", atMost: 8 },
    // Linear time gives 1, or less because the compiler has had more time; quadratic time would give 10.
    {
      label: "long chat against short chat, per message",
      value: long.microseconds / short.microseconds,
      unit: "times",
      atMost: 1.5,
    },
    { label: "growth of the stack from first to last message", value: long.stackGrowth, unit: "frames", atMost: 0 },
  ];
}

/** @param {number} messages even: a turn is a message and its answer */
async function chat(messages) {
  const depths = [];
  const [asking, answering] = [scripted("asking", depths), scripted("answering", depths)];
  const before = process.cpuUsage();
  const result = await asking.initiateChat(answering, { message: "text", maxTurns: messages / 2, silent: true });
  const { user, system } = process.cpuUsage(before);
  if (result.chatHistory.length !== messages) {
    throw new Error(`The chat ended after ${result.chatHistory.length} of ${messages} messages: ${result.stopReason}.`);
  }
  // The very first reply may be called from a shallower or deeper place than all others.
  return { microseconds: (user + system) / messages, stackGrowth: Math.max(...depths) - Math.max(...depths.slice(0, 3)) };
}

function scripted(name, depths) {
  const agent = new ConversableAgent({
    name,
    humanInputMode: "NEVER",
    codeExecutionConfig: false,
    llmConfig: false,
    maxConsecutiveAutoReply: 1e9,
  });
  let replies = 0;
  agent.registerReply([() => true], async () => {
    // Asking for the stack is slow: the first few and then each thousandth tell enough.
    if (replies < 3 || replies % 1_000 === 0) depths.push(stackDepth());
    replies += 1;
    return [true, "text"];
  });
  return agent;
}

function stackDepth() {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = Infinity;
  const depth = (new Error("depth").stack ?? "").split("\n").length;
  Error.stackTraceLimit = limit;
  return depth;
}
