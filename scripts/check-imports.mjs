/** `npm run check -- imports`: the import rules of the library, and the length of files in the whole repository. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ENTRY, MOST_LINES } from "./import-order.mjs";
import { violationsIn } from "./import-rules.mjs";
import { filesBelow, generated, library, root, shown } from "./paths.mjs";

/** @returns {string[]} a line per violation; empty when all is well */
export function checkImports(folder = root, src = join(library, "src")) {
  const rules = violationsIn(src).map(({ rule, file, line, text }) => `${shown(join(src, file))}:${line} [${rule}] ${text}`);
  return [...rules, ...longFiles(folder)];
}

/** @param {string} folder */
export function longFiles(folder) {
  const files = filesBelow(folder, { skip: (name) => generated.has(name) }).filter((path) => /\.[cm]?[jt]sx?$/.test(path));
  const written = files.filter((path) => !ENTRY.test(path.replaceAll("\\", "/")));
  return written.flatMap((path) => {
    const lines = readFileSync(path, "utf8").split("\n").length - 1;
    return lines > MOST_LINES ? [`${shown(path, folder)}: ${lines} lines, at most ${MOST_LINES}`] : [];
  });
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
  const problems = checkImports();
  process.stdout.write(problems.map((line) => `${line}\n`).join(""));
  process.exitCode = problems.length === 0 ? 0 : 1;
}
