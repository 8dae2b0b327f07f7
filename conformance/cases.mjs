/** Finding and reading cases. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SUBFOLDER = join("shared", "conformance", "cases");

/**
 * The folder of cases: the given one, that of `AUTOGEN_CONFORMANCE_CASES`, or `shared/conformance/cases` beside the
 * repository or further up.
 *
 * @param {string | undefined} given
 * @returns {string | null} null when there is none
 */
export function findCases(given) {
  const named = given ?? process.env.AUTOGEN_CONFORMANCE_CASES;
  if (named !== undefined && named !== "") return existsSync(named) ? resolve(named) : null;
  for (let folder = dirname(resolve(ROOT)); ; folder = dirname(folder)) {
    const path = join(folder, SUBFOLDER);
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) return null;
  }
}

/**
 * The cases of a folder in order of their ids.
 *
 * @param {string} folder
 * @param {{ area?: string, id?: string }} [only]
 * @returns {any[]}
 */
export function readCases(folder, { area, id } = {}) {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .toSorted()
    .map((name) => readCase(join(folder, name)))
    .filter((one) => (area === undefined || one.area === area) && (id === undefined || one.id === id));
}

function readCase(path) {
  const found = JSON.parse(readFileSync(path, "utf8"));
  if (found.format === 1) return found;
  throw new Error(`${path} is a case of format ${found.format}; this runner reads format 1.`);
}

/** The tools that the cases name: beside them, one folder up, or where the public cases are. @param {string} folder */
export function readTools(folder) {
  const places = [
    folder,
    dirname(folder),
    ...[findCases(undefined)].filter((path) => path !== null).map((path) => dirname(path)),
  ];
  const path = places.map((place) => join(place, "tools.json")).find((place) => existsSync(place));
  if (path === undefined) throw new Error(`There is no tools.json in or above ${folder}.`);
  return JSON.parse(readFileSync(path, "utf8"));
}
