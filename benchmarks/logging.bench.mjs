/**
 * What logging costs: on the path of a chat, and next to a model. `logging-writers` measures several processes at once,
 * `logging-kills` what is left when one is killed.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConversableAgent, createRedactor, OpenAIWrapper } from "autogen-ts";
import { FileLogger, runtimeLogging, SqliteLogger } from "autogen-ts/logging";

const TURNS = 2_000;
/** Messages that go to the model: a history of ordinary length. */
const HISTORY = 10;
const TEXT = "The quick brown fox jumps over the lazy dog, and nobody minds. ".repeat(5);

export async function run() {
  const folder = await mkdtemp(join(tmpdir(), "bench-logging-"));
  try {
    return [...(await chatCosts(folder)), ...redaction(), ...(await completions(folder))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same chat with and without a log; the difference is shared among its entries. */
async function chatCosts(folder) {
  await chat(TURNS); // warms up
  const bare = await best(() => chat(TURNS));
  const rows = [];
  const loggers = {
    SQLite: () => new SqliteLogger({ dbname: join(folder, `${Math.random()}.db`) }),
    "a file": () => new FileLogger({ dir: folder }),
  };
  for (const [name, logger] of Object.entries(loggers)) {
    let entries = 0;
    const logged = await best(async () => {
      const counting = counted(logger());
      runtimeLogging.start({ logger: counting.logger });
      const used = await chat(TURNS);
      runtimeLogging.stop();
      entries = counting.entries();
      return used;
    });
    // Beside other work of the machine only processor time means much.
    const each = (what) => (logged[what] - bare[what]) / entries;
    rows.push({ label: `each of ${entries} entries into ${name}: processor time`, value: each("cpu"), unit: "µs", atMost: 60 });
    rows.push({
      label: `each of ${entries} entries into ${name}: time on the chat's path`,
      value: each("wall"),
      unit: "µs",
      atMost: 60,
    });
  }
  return rows;
}

async function best(measure) {
  const least = { wall: Infinity, cpu: Infinity };
  for (let round = 0; round < 5; round += 1) {
    const { wall, cpu } = await measure();
    least.wall = Math.min(least.wall, wall);
    least.cpu = Math.min(least.cpu, cpu);
  }
  return least;
}

/** Two agents; one asks a model that answers at once. */
async function chat(turns) {
  const response = {
    model: "scripted",
    choices: [{ message: { role: "assistant", content: TEXT } }],
    usage: { total_tokens: 15 },
  };
  const client = { create: () => response, messageRetrieval: () => [TEXT], cost: () => 0, getUsage: () => ({}) };
  const llmConfig = { config_list: [{ model: "scripted", model_client_cls: () => client }], cache_seed: null };
  const asking = agent("asking");
  const answering = agent("answering", llmConfig);
  answering.registerHook("processAllMessagesBeforeReply", (messages) => messages.slice(-HISTORY));
  const start = performance.now();
  const before = process.cpuUsage();
  await asking.initiateChat(answering, { message: TEXT, maxTurns: turns, silent: true, loopDetection: false });
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - start) * 1000, cpu: user + system };
}

/** @param {string} name @param {import("autogen-ts").AgentOptions["llmConfig"]} [llmConfig] */
function agent(name, llmConfig = false) {
  return new ConversableAgent({ name, humanInputMode: "NEVER", maxConsecutiveAutoReply: 1e9, defaultAutoReply: TEXT, llmConfig });
}

function counted(logger) {
  let count = 0;
  const counting = new Proxy(logger, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (String(name).startsWith("log")) count += 1;
      return value.bind(target);
    },
  });
  return { logger: counting, entries: () => count };
}

function redaction() {
  const { text } = createRedactor();
  const ms = (given) => {
    const start = performance.now();
    text(given);
    return performance.now() - start;
  };
  const large = `${TEXT}api_key="abcdefgh" `.repeat(20_000_000 / (TEXT.length + 19));
  ms(large.slice(0, 100_000));
  const quarter = large.slice(0, large.length / 4);
  const [part, whole] = [Math.min(ms(quarter), ms(quarter)), Math.min(ms(large), ms(large))];
  return [
    { label: "redaction of 20 MB", value: whole, unit: "ms" },
    { label: "of it against a quarter of it; 16 if it grew with the square", value: whole / part, unit: "times", atMost: 8 },
  ];
}

/** LOG-15: answers of an endpoint on this machine that takes 20 ms, far quicker than any real one. */
async function completions(folder) {
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      const body = {
        id: "1",
        model: "gpt-4",
        choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: TEXT } }],
      };
      setTimeout(() => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body)), 20);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const entry = { model: "gpt-4", base_url: `http://127.0.0.1:${port}/v1`, api_key: "k" };
  const ask = async (count) => {
    const wrapper = new OpenAIWrapper({ config_list: [entry], cache_seed: null });
    const times = [];
    for (let index = 0; index < count; index += 1) {
      const start = performance.now();
      await wrapper.create({ messages: [{ role: "user", content: TEXT }] });
      times.push(performance.now() - start);
    }
    return times;
  };
  try {
    await ask(20);
    /** Milliseconds. @type {number[]} */
    const bare = [];
    /** @type {number[]} */
    const logged = [];
    // Taken in turns, so that what else the machine does falls on both.
    for (let round = 0; round < 10; round += 1) {
      bare.push(...(await ask(50)));
      runtimeLogging.start({ config: { dbname: join(folder, "completions.db") } });
      logged.push(...(await ask(50)));
      runtimeLogging.stop();
    }
    const value = median(logged) / median(bare);
    return [
      {
        label: "LOG-15 each of 500 completions of 20 ms, with a log against without (median)",
        value,
        unit: "times",
        atMost: 1.05,
      },
    ];
  } finally {
    server.close();
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
