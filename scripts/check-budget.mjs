/**
 * `npm run check:budget`: what using the library takes, without a clock: bytes that an import loads, packages that an
 * installation brings, and promises and bytes that pieces of work take. These figures are the same on every machine, so they have
 * limits; figures of time are for `npm run bench`.
 *
 * A limit is a little above what there is. Whoever needs more raises it in the same change, and says there why.
 */
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { build } from "./build.mjs";
import { ensureInstalled } from "./install.mjs";
import { library, root, runNode } from "./paths.mjs";

/** Bytes of JavaScript that Node reads before the import is done, what is loaded later left out. */
export const ENTRY_BYTES = {
  ".": 500_000,
  "./core": 335_000,
  "./completion": 500_000,
  "./testing": 345_000,
  "./bridges": 340_000,
  "./mcp": 550_000,
  "./executors": 460_000,
  "./logging": 520_000,
  "./otel": 350_000,
  "./runs": 380_000,
  "./durable": 375_000,
  "./transforms": 380_000,
};

/** The library itself and what it cannot do without. */
export const MOST_PACKAGES = 4;

/** Once, for one time: promises made, and bytes allocated where no code is compiled. Repeats within 2 %. */
export const WORK = {
  turn: { promises: 25, bytes: 11_000 },
  "turn with an event reader": { promises: 25, bytes: 11_500 },
  "round of a group": { promises: 80, bytes: 33_000 },
  "short chat": { promises: 47, bytes: 28_000 },
  "chat of a queue": { promises: 43, bytes: 32_000 },
  "agent made": { promises: 1, bytes: 4_500 },
  "agent with a model made": { promises: 1, bytes: 22_500 },
  "request to a model": { promises: 85, bytes: 49_000 },
};

/** Ten times the work may take ten times as much, and what was made room for; with the square it would take a hundred times as much. */
const MOST_GROWTH = 1.25;

/** Compiles nothing and never empties the nursery, so that every byte stays and counts. */
const COUNTING = [
  ...["--expose-gc", "--no-opt", "--no-sparkplug", "--single-threaded"],
  ...["--min-semi-space-size=512", "--max-semi-space-size=512"],
];

/** @returns {Promise<string[]>} a line per problem */
export async function checkBudget() {
  const manifest = JSON.parse(readFileSync(join(library, "package.json"), "utf8"));
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const counted = await runNode(COUNTING[0], [...COUNTING.slice(1), join(import.meta.dirname, "budget-work.mjs")]);
  if (counted.code !== 0) return [counted.output.trim()];
  return [
    ...wrongEntries(entryBytes(manifest.exports, library)),
    ...wrongPackages(packagesOf("packages/autogen-ts", lock.packages)),
    ...wrongWork(JSON.parse(counted.output.slice(counted.output.indexOf("{")))),
  ];
}

/**
 * @param {Record<string, string | { default: string }>} exported
 * @param {string} folder the package
 * @returns {Record<string, number>} bytes by entry
 */
export function entryBytes(exported, folder) {
  const entries = Object.entries(exported).flatMap(([name, target]) =>
    typeof target === "string" ? [] : [/** @type {const} */ ([name, join(folder, target.default)])],
  );
  return Object.fromEntries(entries.map(([name, file]) => [name, bytesBehind(file)]));
}

/** What an import of `file` reads. @param {string} file */
function bytesBehind(file) {
  const files = new Set([file]);
  let bytes = 0;
  for (const path of files) {
    const text = readFileSync(path, "utf8");
    bytes += Buffer.byteLength(text);
    for (const [, target = ""] of text.matchAll(/(?:^|[;}\n])\s*(?:import|export)\s*(?:[\w$*{][^"'`();]*?from\s*)?"(\.[^"]+)"/gu))
      files.add(resolve(dirname(path), target));
  }
  return bytes;
}

/** @param {Readonly<Record<string, number>>} found */
export function wrongEntries(found) {
  return Object.entries(found).flatMap(([name, bytes]) => {
    const most = ENTRY_BYTES[name];
    if (most === undefined) return [`entry ${name} reads ${bytes} bytes and has no limit: add it to ENTRY_BYTES`];
    return bytes > most ? [`entry ${name} reads ${bytes} bytes, at most ${most}`] : [];
  });
}

/**
 * A package with all that npm installs for it; optional peers are none of them.
 *
 * @param {string} start its place in the lock file
 * @param {Readonly<Record<string, { dependencies?: Record<string, string> }>>} locked
 */
export function packagesOf(start, locked) {
  const found = new Set([start]);
  for (const place of found) {
    for (const name of Object.keys(locked[place]?.dependencies ?? {})) found.add(placeOf(name, place, locked));
  }
  return [...found];
}

/** Where Node finds a package: in the nearest folder. */
function placeOf(name, from, locked) {
  for (
    let folder = from;
    folder !== "";
    folder = folder.includes("/node_modules/") ? folder.slice(0, folder.lastIndexOf("/node_modules/")) : ""
  ) {
    const place = `${folder}/node_modules/${name}`;
    if (place in locked) return place;
  }
  return `node_modules/${name}`;
}

/** @param {readonly string[]} packages */
export function wrongPackages(packages) {
  if (packages.length <= MOST_PACKAGES) return [];
  return [`${packages.length} packages are installed, at most ${MOST_PACKAGES}: ${packages.join(", ")}`];
}

/** @typedef {{ readonly promises: number, readonly bytes: number }} Taken */

/** @param {Readonly<Record<string, { readonly few: Taken, readonly many: Taken }>>} results */
export function wrongWork(results) {
  return Object.entries(results).flatMap(([name, { few, many }]) => {
    const most = WORK[name];
    if (most === undefined) return [`${name} has no limit: add it to WORK`];
    return /** @type {const} */ (["promises", "bytes"]).flatMap((what) => {
      const taken = Math.round(many[what]);
      const problems = taken > most[what] ? [`${name}: ${taken} ${what}, at most ${most[what]}`] : [];
      // Next to nothing grows by large factors.
      if (few[what] >= 1 && many[what] > few[what] * MOST_GROWTH)
        problems.push(
          `${name}: ${taken} ${what} each, of ten times as many; ${Math.round(few[what])} before: it grows with their number`,
        );
      return problems;
    });
  });
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
  await ensureInstalled("all");
  await build();
  const problems = await checkBudget();
  process.stdout.write(problems.length === 0 ? "Within the budget.\n" : `${problems.join("\n")}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
