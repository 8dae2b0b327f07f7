/**
 * `npm run bench`: measures the library; `npm run bench -- loop import` only those, `--json` for programs, `--peers` also
 * beside other frameworks, which are installed for it.
 *
 * A benchmark is a file `benchmarks/NAME.bench.mjs` that exports `run`, which gives rows. A row with a value above its
 * `atMost`, or below its `atLeast`, makes the command fail. One that exports `onlyOnDemand` runs when it is named, or by that option.
 */
import { cpus, totalmem } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { ensureInstalled } from "./install.mjs";
import { filesBelow, generated, root } from "./paths.mjs";

/**
 * A figure. `spread` is the range of the middle half of the rounds; `note` stands for a figure that could not be had.
 *
 * @typedef {{ label: string, value: number, unit: string, spread?: readonly [number, number], atMost?: number, atLeast?: number, note?: string }} Row
 */

const ENDING = ".bench.mjs";

async function main() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { json: { type: "boolean", default: false }, peers: { type: "boolean", default: false } },
  });
  await ensureInstalled("all");
  await build();
  const folder = join(root, "benchmarks");
  const files = filesBelow(folder, { skip: (name) => generated.has(name) }).filter((path) => path.endsWith(ENDING));
  const names = files.map((path) => basename(path, ENDING));
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`There is no benchmark \`${unknown}\`, only ${names.join(", ")}.`);

  /** @type {Record<string, Row[]>} */
  const results = {};
  /** @type {Record<string, readonly string[]>} */
  const versions = {};
  const show = () => {
    if (values.json) process.stdout.write(`${JSON.stringify({ ...machine(), versions, results }, jsonNumber, 2)}\n`);
  };
  // What has been measured is shown, whatever comes.
  process.once("SIGINT", () => {
    const [name, rows] = Object.entries(results).at(-1) ?? [];
    if (!values.json && name !== undefined && rows !== undefined && rows.length > 0)
      process.stdout.write(`${tableOf(name, rows)}\n`);
    show();
    process.stderr.write("Interrupted: the rest was not measured.\n");
    process.exit(130);
  });
  if (!values.json) process.stdout.write(`${headOf(machine())}\n`);
  for (const [index, name] of names.entries()) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const benchmark = await import(pathToFileURL(files[index]).href);
    const isAsked = positionals.includes(name) || values[benchmark.onlyOnDemand] === true;
    if (benchmark.onlyOnDemand !== undefined && !isAsked) continue;
    const rows = (results[name] = []);
    results[name] = await benchmark.run({ rows });
    if (benchmark.versions !== undefined) versions[name] = await benchmark.versions();
    if (!values.json) process.stdout.write(`${tableOf(name, results[name], versions[name])}\n`);
  }
  show();
  return Object.values(results).flat().some(isOver) ? 1 : 0;
}

/** Figures mean nothing without it. */
function machine() {
  const all = cpus();
  return {
    command: `npm run bench${process.argv.length > 2 ? ` -- ${process.argv.slice(2).join(" ")}` : ""}`,
    ...{ node: process.version, cpu: all[0]?.model ?? "unknown", cores: all.length, memoryBytes: totalmem() },
    system: `${process.platform} ${process.arch}`,
  };
}

/** @param {ReturnType<typeof machine>} machine */
function headOf({ command, node, cpu, cores, memoryBytes, system }) {
  return `${command}\nNode ${node}, ${system}, ${cores} × ${cpu}, ${Math.round(memoryBytes / 2 ** 30)} GiB`;
}

/** JSON has no word for what was not measured. */
const jsonNumber = (_key, value) => (typeof value === "number" && !Number.isFinite(value) ? null : value);

/** @param {Row} row */
const isOver = ({ value, atMost = Infinity, atLeast = -Infinity }) => value > atMost || value < atLeast;

/** @param {Row} row */
function limitOf({ atMost, atLeast }) {
  if (atMost !== undefined) return `   at most ${atMost}`;
  return atLeast === undefined ? "" : `   at least ${atLeast}`;
}

/** @param {number} value */
const short = (value) => String(Math.round(value * 100) / 100);

/** @param {string} name @param {readonly Row[]} rows @param {readonly string[]} [versions] */
function tableOf(name, rows, versions = []) {
  const width = Math.max(...rows.map(({ label }) => label.length));
  const lines = rows.map((row) => {
    if (row.note !== undefined) return `  ${row.label.padEnd(width)}  ${row.note}`;
    const limit = `${limitOf(row)}${isOver(row) ? `   ${row.value > (row.atMost ?? Infinity) ? "TOO MUCH" : "TOO LITTLE"}` : ""}`;
    const range = row.spread === undefined ? "" : ` (${row.spread.map(short).join(" to ")})`;
    return `  ${row.label.padEnd(width)}  ${short(row.value).padStart(9)} ${row.unit}${range}${limit}`;
  });
  return [name, ...versions.map((version) => `  with ${version}`), ...lines].join("\n");
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}
