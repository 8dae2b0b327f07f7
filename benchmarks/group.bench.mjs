/** What a round of a group costs beside its requests to models, which are answered at once here. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ConversableAgent, GroupChat, GroupChatManager } from "autogen-ts";

const FIVE = 5;
const EARLY = 20;
const LATE = 1_000;
const WINDOW = 20;

export async function run() {
  await crowd(500); // warms up
  await mean(20, () => autoRounds({ at: EARLY })); // warms up
  const early = await mean(30, () => autoRounds({ at: EARLY }));
  const late = await mean(3, () => autoRounds({ at: LATE }));
  const whole = await crowd(1_000);
  const double = await crowd(2_000);
  const long = await crowd(8_000);
  return [
    { label: `CPU per round, ${FIVE} agents, a model chooses, round ${EARLY}`, value: early / 1_000, unit: "ms", atMost: 1 },
    { label: `the same, round ${LATE}: requests hold the transcript`, value: late / 1_000, unit: "ms", atMost: 1 },
    { label: "50 agents in turn: CPU per round of 1,000", value: whole.cpu, unit: "µs" },
    { label: "50 agents: 2,000 rounds against 1,000", value: double.cpu / whole.cpu, unit: "times per round", atMost: 1.3 },
    { label: "50 agents: memory per round, 1,000 rounds", value: whole.bytes, unit: "bytes" },
    { label: "50 agents: memory per round, 8,000 rounds", value: long.bytes, unit: "bytes" },
    // Histories are lists that grow by half when they are full, so a round may take up to half as much again.
    { label: "8,000 rounds against 1,000", value: long.bytes / whole.bytes, unit: "times per round", atMost: 1.6 },
  ];
}

/** Microseconds of CPU per round: one request for the choice, one for what is said. */
async function autoRounds({ at }) {
  const first = Math.max(2, at - WINDOW / 2);
  let round = 0;
  let start;
  let used;
  const agents = Array.from({ length: FIVE }, (_, index) =>
    agent(`agent_${index}`, () => {
      round += 1;
      if (round === first) start = process.cpuUsage();
      else if (round === first + WINDOW) used = process.cpuUsage(start);
      return "I have thought about it, and this is what I say.";
    }),
  );
  const groupChat = new GroupChat({ agents, maxRound: first + WINDOW + 2 });
  let choice = 0;
  const manager = new GroupChatManager({ groupChat, silent: true, llmConfig: model(() => `agent_${(choice += 1) % FIVE}`) });
  await agents[0].initiateChat(manager, { message: "Let us begin.", silent: true, loopDetection: false });
  return (used.user + used.system) / WINDOW;
}

/** Fifty agents that say something without a model. */
async function crowd(rounds) {
  const agents = Array.from({ length: 50 }, (_, index) => {
    const one = new ConversableAgent({ name: `agent_${index}`, humanInputMode: "NEVER", maxConsecutiveAutoReply: 1e9 });
    one.registerReply([() => true], () => [true, "This is what I say."]);
    return one;
  });
  const groupChat = new GroupChat({ agents, maxRound: rounds, speakerSelectionMethod: "round_robin" });
  const manager = new GroupChatManager({ groupChat, silent: true });
  collect();
  const before = process.memoryUsage().heapUsed;
  const start = process.cpuUsage();
  await agents[0].initiateChat(manager, { message: "Let us begin.", silent: true, loopDetection: false });
  const { user, system } = process.cpuUsage(start);
  collect();
  const bytes = (process.memoryUsage().heapUsed - before) / groupChat.messages.length;
  // All histories are still there when memory is measured.
  if (manager.chatMessages.size !== agents.length) throw new Error("A history is missing.");
  return { cpu: (user + system) / rounds, bytes };
}

function collect() {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

/** @param {string} name @param {() => string} answer */
function agent(name, answer) {
  return new ConversableAgent({
    name,
    humanInputMode: "NEVER",
    maxConsecutiveAutoReply: 1e9,
    description: `${name} has an opinion.`,
    llmConfig: model(answer),
  });
}

/** @param {() => string} answer @returns {import("autogen-ts").WrapperConfig} */
function model(answer) {
  const client = {
    create: () => ({ model: "scripted", choices: [{ message: { role: "assistant", content: answer() } }] }),
    messageRetrieval: ({ choices }) => choices.map(({ message }) => message.content),
    cost: () => 0,
    getUsage: () => ({}),
  };
  return { config_list: [{ model: "scripted", model_client_cls: () => client }], cache_seed: null };
}

async function mean(times, measure) {
  let sum = 0;
  for (let time = 0; time < times; time += 1) sum += await measure();
  return sum / times;
}
