/** What a hit in a response cache costs: an answer of 4 KB, from memory, from disk, and through the whole of a call. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cache, cacheKey, InMemoryCache, OpenAIWrapper } from "autogen-ts";

const ENTRIES = 500;
const ROUNDS = 20;
const ANSWER_BYTES = 4096;

export async function run() {
  const folder = await mkdtemp(join(tmpdir(), "bench-cache-"));
  try {
    const disk = Cache.disk({ cacheSeed: "bench", cachePathRoot: folder });
    const memory = new InMemoryCache("bench");
    const written = await writeAll(disk);
    await writeAll(memory);
    return [
      { label: "4 KB hit from memory", value: await readAll(memory), unit: "µs", atMost: 20 },
      { label: "4 KB hit from disk", value: await readAll(disk), unit: "µs", atMost: 200 },
      { label: "4 KB write to disk", value: written, unit: "µs" },
      { label: "whole call answered from memory", value: await callAll(memory), unit: "µs" },
      { label: "whole call answered from disk", value: await callAll(disk), unit: "µs" },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const requestOf = (index) => ({
  model: "bench-model",
  messages: [{ role: "user", content: `question ${index}` }],
  stream: false,
});
const keys = Array.from({ length: ENTRIES }, (_, index) => cacheKey(requestOf(index), "http://127.0.0.1:1"));

function answerOf(index) {
  const empty = {
    model: "bench-model",
    choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "" } }],
  };
  const rest = { ...empty, usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }, cost: 0.001 };
  rest.choices[0].message.content = `answer ${index} `.repeat(400).slice(0, ANSWER_BYTES - JSON.stringify(rest).length);
  return rest;
}

/** @returns microseconds for each write */
async function writeAll(cache) {
  return await perEntry(1, async (index) => await cache.set(keys[index], answerOf(index)));
}

async function readAll(cache) {
  await perEntry(1, async (index) => await cache.get(keys[index])); // the compiler, and the system's own cache
  return await perEntry(ROUNDS, async (index) => {
    const found = await cache.get(keys[index]);
    if (found === undefined) throw new Error(`Entry ${index} is lost.`);
  });
}

/** Merging, key, events and usage included; the endpoint is never asked. */
async function callAll(cache) {
  const entry = { model: "bench-model", base_url: "http://127.0.0.1:1", api_key: "none", max_retries: 0 };
  const llm = new OpenAIWrapper({ config_list: [entry] });
  const call = async (index) => {
    const { messages } = requestOf(index);
    const { cached } = await llm.create({ messages, cache });
    if (!cached) throw new Error(`Call ${index} was not answered from the cache.`);
  };
  await perEntry(1, call);
  return await perEntry(ROUNDS, call);
}

/** @returns microseconds for each of `ENTRIES`, of the quickest round: whatever else the machine does only adds to it */
async function perEntry(rounds, work) {
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    for (let index = 0; index < ENTRIES; index++) await work(index);
    times.push(((performance.now() - start) * 1000) / ENTRIES);
  }
  return Math.min(...times);
}
