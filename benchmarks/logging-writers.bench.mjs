/** 100,000 events of 8 processes, each with a chat, in one database: how many are lost, and how often the file was locked. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ConversableAgent } from "autogen-ts";
import { runtimeLogging, SqliteLogger } from "autogen-ts/logging";

const WRITERS = 8;
const EVENTS = 100_000;
const TEXT = "The quick brown fox jumps over the lazy dog, and nobody minds. ".repeat(5);
const SELF = fileURLToPath(import.meta.url);
const execute = promisify(execFile);

export async function run() {
  const folder = await mkdtemp(join(tmpdir(), "bench-writers-"));
  try {
    const file = join(folder, "together.db");
    const start = performance.now();
    const reports = await Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        const { stdout } = await execute(process.execPath, [SELF, file, String(writer)], { cwd: import.meta.dirname });
        return JSON.parse(stdout);
      }),
    );
    const seconds = (performance.now() - start) / 1000;
    const found = valueIn(file, "SELECT COUNT(*) AS value FROM events WHERE event_name = 'received_message'");
    const intact = valueIn(file, "SELECT integrity_check = 'ok' AS value FROM pragma_integrity_check");
    const all = valueIn(file, "SELECT COUNT(*) AS value FROM events");
    return [
      {
        label: `lost of ${EVENTS} messages of ${WRITERS} processes`,
        value: EVENTS - found,
        unit: "messages",
        atMost: 0,
        atLeast: 0,
      },
      {
        label: "`database is locked`, and other warnings",
        value: reports.flatMap((one) => one.warnings).length,
        unit: "",
        atMost: 0,
      },
      { label: "damaged afterwards", value: 1 - intact, unit: "files", atMost: 0 },
      { label: "events of all together", value: all / seconds, unit: "a second" },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function valueIn(file, sql) {
  const logger = new SqliteLogger({ dbname: file });
  logger.start();
  const value = Number(logger.database?.prepare(sql).all()[0]?.["value"]);
  logger.stop();
  return value;
}

async function write(file, writer) {
  const warnings = [];
  runtimeLogging.start({ config: { dbname: file }, onWarning: (text) => void warnings.push(text) });
  const [one, other] = [agent(`one-${writer}`), agent(`other-${writer}`)];
  await one.initiateChat(other, { message: TEXT, maxTurns: EVENTS / WRITERS / 2, silent: true, loopDetection: false });
  runtimeLogging.stop();
  process.stdout.write(JSON.stringify({ warnings }));
}

/** @param {string} name */
function agent(name) {
  return new ConversableAgent({ name, humanInputMode: "NEVER", maxConsecutiveAutoReply: 1e9, defaultAutoReply: TEXT });
}

if (process.argv[1] === SELF) await write(process.argv[2], process.argv[3]);
