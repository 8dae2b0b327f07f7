/**
 * Builds the library into `packages/autogen-ts/dist`: one file of JavaScript for each entry and what they share, one
 * declaration for each module. Does nothing when nothing has changed.
 */
import { copyFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { bundle } from "./bundle.mjs";
import { ensureInstalled } from "./install.mjs";
import { filesBelow, library, root, runNode, shown, tsc } from "./paths.mjs";

/** Belong to the published package but live in the root. */
const COPIED = ["LICENSE", "CHANGELOG.md"];

/** Other rules of building give another result from the same sources. */
const BUILDERS = ["build.mjs", "bundle.mjs", "import-order.mjs"].map((name) => join(import.meta.dirname, name));

/**
 * @param {{ folder?: string, project?: string, declarations?: boolean }} [options] the package and its project file, for
 *   tests; without declarations nothing is checked, and neither compiler nor optional packages are needed
 * @returns {Promise<"built" | "up to date">}
 * @throws {Error} with the compiler's messages
 */
export async function build({ folder = library, project = "tsconfig.build.json", declarations = true } = {}) {
  const dist = join(folder, "dist");
  const stamp = join(dist, ".built");
  const sources = filesBelow(join(folder, "src")).filter((path) => isBuilt(shown(path, folder)));
  const settings = [join(folder, project), join(folder, "package.json"), join(root, "tsconfig.base.json"), ...BUILDERS];
  const state = fingerprint([...settings, ...sources]);

  copyToPackage(folder);
  const before = readStamp(stamp);
  const missing = before === null || before.outputs.some((output) => !existsSync(join(dist, output)));
  if (!missing && before.state === state && (before.declarations || !declarations)) return "up to date";

  rmSync(stamp, { force: true });
  // The compiler trusts its own notes about what it has written before.
  if (missing) rmSync(join(dist, ".tsbuildinfo"), { force: true });
  const [problems, bundled] = await Promise.all([
    declarations ? compile(join(folder, project)) : "",
    bundle(folder).catch((error) => error),
  ]);
  if (problems !== "") throw new Error(`The build failed.\n${problems}`);
  if (bundled instanceof Error) throw new Error(`The build failed.\n${bundled.message}`);
  const written = declarations ? sources.flatMap((path) => declarationsOf(shown(path, join(folder, "src")))) : [];
  const outputs = [...new Set([...written, ...bundled])];
  removeStale(dist, new Set(outputs));
  writeFileSync(stamp, JSON.stringify({ state, declarations, outputs }));
  return "built";
}

/** Checks the types and writes declarations; gives the compiler's messages. */
async function compile(project) {
  const { code, output } = await runNode(tsc, ["-p", project]);
  return code === 0 ? "" : output || `ended with ${code}`;
}

/** What the last build wrote, and from what; null when there was none. */
function readStamp(stamp) {
  try {
    return JSON.parse(readFileSync(stamp, "utf8"));
  } catch {
    return null; // the build is told apart from none by its stamp alone
  }
}

/** Tests and tests of types stay out of the package, as tsconfig.build.json says. */
const isBuilt = (path) => path.endsWith(".ts") && !/\.(test|types)\.ts$/.test(path);

const declarationsOf = (source) => {
  if (source.endsWith(".d.ts")) return [];
  return [`${source.slice(0, -".ts".length)}.d.ts`];
};

/** Outputs of sources that are gone would still be importable, and would be published. */
function removeStale(dist, outputs) {
  for (const path of filesBelow(dist)) {
    const name = shown(path, dist);
    if (!outputs.has(name) && name !== ".tsbuildinfo") rmSync(path);
  }
}

/** Size and time of change tell a changed file; the names tell added and deleted ones. */
function fingerprint(paths) {
  const lines = paths.map((path) => {
    const { mtimeMs, size } = statSync(path);
    return `${shown(path)} ${mtimeMs} ${size}`;
  });
  return lines.join("\n");
}

function copyToPackage(folder) {
  if (folder !== library) return;
  for (const name of COPIED) {
    const [from, to] = [join(root, name), join(folder, name)];
    if (!existsSync(from)) continue;
    if (!existsSync(to) || readFileSync(from, "utf8") !== readFileSync(to, "utf8")) copyFileSync(from, to);
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
  await ensureInstalled("demo");
  process.stdout.write(`${await build()}\n`);
}
