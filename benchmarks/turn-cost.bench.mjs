/** What a turn costs early and late in a chat. A turn is a message and its answer; nobody thinks, all is scripted. */
import { ConversableAgent } from "autogen-ts";

const EARLY = 10;
const LATE = 10_000;
/** Turns measured around each of the two. */
const EARLY_WINDOW = 10;
const LATE_WINDOW = 1_000;
const MODEL_WINDOW = 100;

export async function run() {
  // Long enough for the engine to be done with compiling, whose work counts as processor time too and would be ten times the turn's.
  await mean(3_000, () => replies({ at: EARLY, window: EARLY_WINDOW }));
  await mean(3, () => replies({ at: LATE, window: LATE_WINDOW }));
  // By turns, so that whatever else the machine does meets both. A hundred early windows are as long as a late one, so
  // that either has its share of collected garbage.
  const rounds = [];
  for (let round = 0; round < 15; round++) {
    const early = await mean(100, () => replies({ at: EARLY, window: EARLY_WINDOW }));
    const late = await replies({ at: LATE, window: LATE_WINDOW });
    rounds.push({ early, late, ratio: late / early });
  }
  const [early, late, ratio] = ["early", "late", "ratio"].map((key) => median(rounds.map((round) => round[key])));
  await mean(300, () => models({ at: EARLY, window: EARLY_WINDOW }));
  const earlyModel = await mean(100, () => models({ at: EARLY, window: EARLY_WINDOW }));
  const lateModel = await models({ at: LATE, window: MODEL_WINDOW });
  return [
    { label: `CPU per turn, turn ${EARLY}`, value: early, unit: "µs", atMost: 8 },
    { label: `CPU per turn, turn ${LATE}`, value: late, unit: "µs", atMost: 8 },
    { label: `turn ${LATE} against turn ${EARLY}`, value: ratio, unit: "times", atMost: 1.3 },
    // A request holds the whole history, so its cost grows with it; per message of the request it must stay small.
    { label: `CPU per turn with one model call, turn ${EARLY}`, value: earlyModel, unit: "µs" },
    { label: `CPU per turn with one model call, turn ${LATE}`, value: lateModel, unit: "µs" },
    { label: "of it per message in the request", value: (lateModel / (2 * LATE)) * 1000, unit: "ns" },
  ];
}

/** Both agents answer by a reply function. */
async function replies(place) {
  const clock = clockAround(place);
  const asking = agent("asking");
  const answering = agent("answering");
  asking.registerReply([() => true], () => [true, "text"]);
  answering.registerReply([() => true], () => {
    clock.turn();
    return [true, "text"];
  });
  await asking.initiateChat(answering, { message: "text", maxTurns: clock.turns, silent: true, loopDetection: false });
  return clock.microsecondsPerTurn();
}

/** One of them asks a model, whose client answers at once. */
async function models(place) {
  const clock = clockAround(place);
  const response = { model: "scripted", choices: [{ message: { role: "assistant", content: "text" } }] };
  const client = {
    create() {
      clock.turn();
      return response;
    },
    messageRetrieval: () => ["text"],
    cost: () => 0,
    getUsage: () => ({}),
  };
  const asking = agent("asking");
  asking.registerReply([() => true], () => [true, "text"]);
  const llmConfig = { config_list: [{ model: "scripted", model_client_cls: () => client }], cache_seed: null };
  const answering = agent("answering", llmConfig);
  await asking.initiateChat(answering, { message: "text", maxTurns: clock.turns, silent: true, loopDetection: false });
  return clock.microsecondsPerTurn();
}

/** @param {string} name @param {import("autogen-ts").AgentOptions["llmConfig"]} [llmConfig] */
function agent(name, llmConfig = false) {
  return new ConversableAgent({ name, humanInputMode: "NEVER", maxConsecutiveAutoReply: 1e9, llmConfig });
}

/** Reads the processor time at the ends of a window of turns. */
function clockAround({ at, window }) {
  const first = Math.max(1, at - window / 2);
  let turn = 0;
  let start;
  let used;
  return {
    turns: first + window,
    turn() {
      turn += 1;
      if (turn === first) start = process.cpuUsage();
      else if (turn === first + window) used = process.cpuUsage(start);
    },
    microsecondsPerTurn: () => (used.user + used.system) / window,
  };
}

async function mean(rounds, measure) {
  let sum = 0;
  for (let round = 0; round < rounds; round++) sum += await measure();
  return sum / rounds;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
