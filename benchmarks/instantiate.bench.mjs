/** What making an agent costs, in time and in memory. */
import { inOwnProcess } from "./own-process.mjs";

const AGENTS = 100_000;

const KINDS = [
  { kind: "ConversableAgent", model: false, tool: false },
  { kind: "ConversableAgent with a tool", model: false, tool: true, atMostMicroseconds: 10, atMostBytes: 4_096 },
  { kind: "AssistantAgent with a model", model: true, tool: false },
  { kind: "AssistantAgent with a model and a tool", model: true, tool: true },
];

export async function run() {
  const rows = [];
  for (const { kind, model, tool, atMostMicroseconds, atMostBytes } of KINDS) {
    const { microseconds, bytes } = await made({ agents: AGENTS, model, tool });
    rows.push(
      {
        ...{ label: `CPU per ${kind}, ${AGENTS} agents`, value: microseconds, unit: "µs" },
        ...(atMostMicroseconds === undefined ? {} : { atMost: atMostMicroseconds }),
      },
      {
        ...{ label: `heap per ${kind}`, value: bytes, unit: "bytes" },
        ...(atMostBytes === undefined ? {} : { atMost: atMostBytes }),
      },
    );
  }
  return rows;
}

const made = async (what) =>
  await inOwnProcess(what, async ({ count: { agents, model, tool }, heap, library }) => {
    const { AssistantAgent, ConversableAgent, defineTool } = library;
    const llmConfig = model ? { config_list: [{ model: "none", api_key: "none" }] } : false;
    const Agent = model ? AssistantAgent : ConversableAgent;
    const add = defineTool({
      ...{ name: "add", description: "Adds two numbers" },
      parameters: { type: "object", properties: { a: { type: "number" }, b: { type: "number" } } },
      execute: ({ a, b }) => a + b,
    });
    const make = (number) => {
      const agent = new Agent({ name: `agent${number}`, llmConfig });
      if (tool) agent.registerForExecution(add);
      if (tool && model) agent.registerForLlm(add);
      return agent;
    };
    for (let number = 0; number < 1_000; number++) make(number);
    const before = heap();
    const start = process.cpuUsage();
    const kept = Array.from({ length: agents }, (_, number) => make(number));
    const { user, system } = process.cpuUsage(start);
    return { microseconds: (user + system) / agents, bytes: (heap() - before) / agents, kept: kept.length };
  });
