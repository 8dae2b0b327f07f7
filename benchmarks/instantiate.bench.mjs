/** What making an agent costs, in time and in memory. */
import { inOwnProcess } from "./own-process.mjs";

const AGENTS = 100_000;

export async function run() {
  const plain = await made("ConversableAgent");
  const assistant = await made("AssistantAgent");
  return [
    { label: `CPU per ConversableAgent, ${AGENTS} agents`, value: plain.microseconds, unit: "µs" },
    { label: "heap per ConversableAgent", value: plain.bytes, unit: "bytes" },
    { label: "CPU per AssistantAgent with a model", value: assistant.microseconds, unit: "µs" },
    { label: "heap per AssistantAgent with a model", value: assistant.bytes, unit: "bytes" },
  ];
}

const made = async (name) =>
  await inOwnProcess({ agents: AGENTS, name }, async ({ count: { agents, name: type }, heap, library }) => {
    const llmConfig = type === "AssistantAgent" ? { config_list: [{ model: "none", api_key: "none" }] } : false;
    const make = (number) => new library[type]({ name: `agent${number}`, llmConfig });
    for (let number = 0; number < 1_000; number++) make(number);
    const before = heap();
    const start = process.cpuUsage();
    const kept = Array.from({ length: agents }, (_, number) => make(number));
    const { user, system } = process.cpuUsage(start);
    return { microseconds: (user + system) / agents, bytes: (heap() - before) / agents, kept: kept.length };
  });
