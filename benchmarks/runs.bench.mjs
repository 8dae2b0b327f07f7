/**
 * What writing runs to files costs: one long, silent chat without and with `recordRuns`, on the disk of temporary files; and how
 * long a file of 100,000 events takes to be read and shown.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConversableAgent } from "autogen-ts";
import { diffRuns, readRunFile, recordRuns, runPage, timelineText } from "autogen-ts/runs";

const ROUNDS = 5;
const MESSAGES = 10_000;
const MANY = 100_000;

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), "autogen-runs-"));
  try {
    await chat(MESSAGES);
    const differences = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const without = await chat(MESSAGES);
      const end = recordRuns({ folder: join(folder, "short") });
      differences.push((await chat(MESSAGES)) - without);
      end();
    }
    const end = recordRuns({ folder: join(folder, "long") });
    await chat(MANY);
    end();
    const [name] = readdirSync(join(folder, "long"));
    const [stored, reading] = await timed(() => readRunFile(join(folder, "long", name)));
    if (stored.events.length !== MANY + 2) throw new Error(`The file has ${stored.events.length} events.`);
    return [
      { label: "writing an event, on the chat's path", value: median(differences), unit: "µs", atMost: 60 },
      { label: `reading ${MANY} events`, value: reading, unit: "ms" },
      { label: "… the timeline as text", value: (await timed(() => timelineText(stored)))[1], unit: "ms" },
      { label: "… the page", value: (await timed(() => runPage(stored)))[1], unit: "ms" },
      { label: "… the comparison with itself", value: (await timed(() => diffRuns(stored, stored)))[1], unit: "ms" },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timed(work) {
  const start = performance.now();
  const result = await work();
  return [result, performance.now() - start];
}

/**
 * @param {number} messages even: a turn is a message and its answer
 * @returns microseconds of processor time per message, which is about one per event
 */
async function chat(messages) {
  const [asking, answering] = [scripted("asking"), scripted("answering")];
  const before = process.cpuUsage();
  await asking.initiateChat(answering, { message: "text", maxTurns: messages / 2, silent: true });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / messages;
}

function scripted(name) {
  const agent = new ConversableAgent({
    ...{ name, humanInputMode: "NEVER", codeExecutionConfig: false, llmConfig: false },
    maxConsecutiveAutoReply: 1e9,
  });
  agent.registerReply([() => true], async () => [true, "a text of some words"]);
  return agent;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
