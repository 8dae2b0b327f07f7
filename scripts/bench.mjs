/**
 * `npm run bench`: measures the library; `npm run bench -- loop import` only those, `--json` for programs.
 *
 * A benchmark is a file `benchmarks/NAME.bench.mjs` that exports `run`, which gives rows. A row with a value above its
 * `atMost`, or below its `atLeast`, makes the command fail.
 */
import { cpus } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { ensureInstalled } from "./install.mjs";
import { filesBelow, generated, root } from "./paths.mjs";

/** @typedef {{ label: string, value: number, unit: string, atMost?: number, atLeast?: number }} Row */

const ENDING = ".bench.mjs";

async function main() {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { json: { type: "boolean", default: false } } });
  await ensureInstalled("all");
  await build();
  const files = filesBelow(join(root, "benchmarks"), { skip: (name) => generated.has(name) }).filter((path) =>
    path.endsWith(ENDING),
  );
  const names = files.map((path) => basename(path, ENDING));
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`There is no benchmark \`${unknown}\`, only ${names.join(", ")}.`);

  /** @type {Record<string, Row[]>} */
  const results = {};
  for (const [index, name] of names.entries()) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const benchmark = await import(pathToFileURL(files[index]).href);
    results[name] = await benchmark.run();
    if (!values.json) process.stdout.write(`${tableOf(name, results[name])}\n`);
  }
  if (values.json)
    process.stdout.write(`${JSON.stringify({ node: process.version, cpu: cpus()[0]?.model, results }, null, 2)}\n`);
  return Object.values(results).flat().some(isOver) ? 1 : 0;
}

/** @param {Row} row */
const isOver = ({ value, atMost = Infinity, atLeast = -Infinity }) => value > atMost || value < atLeast;

/** @param {Row} row */
function limitOf({ atMost, atLeast }) {
  if (atMost !== undefined) return `   at most ${atMost}`;
  return atLeast === undefined ? "" : `   at least ${atLeast}`;
}

/** @param {string} name @param {readonly Row[]} rows */
function tableOf(name, rows) {
  const width = Math.max(...rows.map(({ label }) => label.length));
  const lines = rows.map((row) => {
    const limit = `${limitOf(row)}${isOver(row) ? `   ${row.value > (row.atMost ?? Infinity) ? "TOO MUCH" : "TOO LITTLE"}` : ""}`;
    return `  ${row.label.padEnd(width)}  ${String(Math.round(row.value * 100) / 100).padStart(9)} ${row.unit}${limit}`;
  });
  return [name, ...lines].join("\n");
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}
