/** Four processes write 10,000 entries each into one cache on disk, half of them the same ones: how many are lost or torn. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Cache } from "autogen-ts";

const WRITERS = [0, 1, 2, 3];
const WRITES = 10_000;
const AT_ONCE = 16;
const SELF = fileURLToPath(import.meta.url);
const execute = promisify(execFile);

export async function run() {
  const folder = await mkdtemp(join(tmpdir(), "bench-processes-"));
  try {
    const start = performance.now();
    const reports = await Promise.all(
      WRITERS.map(async (writer) => {
        const { stdout } = await execute(process.execPath, [SELF, folder, String(writer)]);
        return JSON.parse(stdout);
      }),
    );
    const seconds = (performance.now() - start) / 1000;
    const { lost, corrupt } = await inspect(folder);
    const sum = (name) => reports.reduce((total, report) => total + report[name], 0);
    return [
      { label: `lost of ${WRITERS.length} × ${WRITES} writes`, value: lost, unit: "entries", atMost: 0 },
      { label: "corrupt afterwards", value: corrupt, unit: "entries", atMost: 0 },
      { label: "torn while the others were writing", value: sum("torn"), unit: "entries", atMost: 0 },
      { label: "warnings of all processes", value: sum("warnings"), unit: "", atMost: 0 },
      { label: "writes and reads together", value: (WRITERS.length * WRITES) / seconds, unit: "a second" },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const cacheIn = (folder, warn) => Cache.disk({ cacheSeed: "bench", cachePathRoot: folder, warn });
const keyOf = (index, writer) => (index % 2 === 0 ? `shared ${index}` : `own ${writer} ${index}`);
/** 4 KB that say to which key they belong and who wrote them. */
const valueOf = (key, by) => ({ by, text: `${key} by ${by}. `.repeat(400).slice(0, 4000) });
const isWhole = (key, value) => JSON.stringify(value) === JSON.stringify(valueOf(key, value.by));

async function inspect(folder) {
  let [lost, corrupt] = [0, 0];
  const cache = cacheIn(folder, () => (corrupt += 1));
  for (let index = 0; index < WRITES; index++) {
    for (const writer of index % 2 === 0 ? [0] : WRITERS) {
      const value = await cache.get(keyOf(index, writer));
      if (value === undefined) lost += 1;
      else if (!isWhole(keyOf(index, writer), value) || (index % 2 === 1 && value.by !== writer)) corrupt += 1;
    }
  }
  return { lost, corrupt };
}

async function write(folder, writer) {
  let [torn, warnings] = [0, 0];
  const cache = cacheIn(folder, () => (warnings += 1));
  for (let start = 0; start < WRITES; start += AT_ONCE) {
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, WRITES - start) }, async (_, offset) => {
        const key = keyOf(start + offset, writer);
        await cache.set(key, valueOf(key, writer));
        const shared = keyOf(start + offset - ((start + offset) % 2), writer);
        const seen = await cache.get(shared);
        if (seen !== undefined && !isWhole(shared, seen)) torn += 1;
      }),
    );
  }
  return { torn, warnings };
}

// Started by `run`, four times.
if (process.argv[1] === SELF) process.stdout.write(JSON.stringify(await write(process.argv[2], Number(process.argv[3]))));
