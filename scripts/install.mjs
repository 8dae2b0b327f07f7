/**
 * Installs what a command needs, once. On a fresh clone `npm run demo` and `npm test` start here, so this file and
 * `paths.mjs` use nothing but Node itself.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root, run } from "./paths.mjs";

/** What each set installs: workspaces with all their dependencies, or everything. */
const SETS = {
  demo: ["packages/autogen-ts", "examples/two-agents"],
  all: [],
};

const OLDEST_NODE = [20, 19];

/**
 * Runs `npm ci` unless the set, or a larger one, is installed already from the present lock file.
 *
 * @param {"demo" | "all"} set
 */
export async function ensureInstalled(set) {
  refuseOldNode(process.versions.node);
  const lock = readFileSync(join(root, "package-lock.json"), "utf8");
  if (isInstalled(set, lock, root)) return;

  const workspaces = SETS[set].flatMap((folder) => ["-w", folder]);
  process.stderr.write(`Installing ${set === "demo" ? "what the demo needs" : "the development set"} with npm ci (once) …\n`);
  rmSync(stampFile(root), { force: true });
  // NODE_ENV=production would leave out the compiler; the repository's own settings decide the rest.
  const args = ["ci", ...workspaces, "--include=dev", "--include=optional", "--ignore-scripts", "--no-audit", "--no-fund"];
  // npm would follow the optional peers of the library as well; the examples name the packages that they use.
  if (set === "demo") args.push("--legacy-peer-deps");
  const { command, first, shell } = npm();
  const { code, output } = await run(command, [...first, ...args, "--loglevel=error"], { shell });
  if (code !== 0) {
    process.stderr.write(output);
    throw new Error(`\`npm ${args.join(" ")}\` ended with ${code}. Is the package registry reachable?`);
  }
  writeStamp(set, lock, root);
}

/**
 * Whether `set` is installed below `folder` as `lock` says. An `npm ci` or `npm install` made by hand counts for everything.
 *
 * @param {"demo" | "all"} set
 * @param {string} lock text of package-lock.json
 * @param {string} folder
 */
export function isInstalled(set, lock, folder) {
  const stamp = readJson(stampFile(folder));
  if (stamp?.lock === digest(lock) && (stamp.set === set || stamp.set === "all")) return true;
  // npm's own record of what is in node_modules.
  const present = readJson(join(folder, "node_modules", ".package-lock.json"))?.packages;
  if (present === undefined || !holds(present, JSON.parse(lock).packages, folder)) return false;
  writeStamp("all", lock, folder);
  return true;
}

/** Every package that the lock file asks for is there in the same version; optional ones may belong to other systems. */
function holds(present, wanted, folder) {
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes("node_modules/") || entry.optional || entry.devOptional || entry.peer) return true;
    if (entry.link) return existsSync(join(folder, path));
    return present[path]?.version === entry.version;
  });
}

function writeStamp(set, lock, folder) {
  writeFileSync(stampFile(folder), `${JSON.stringify({ set, lock: digest(lock) })}\n`);
}

const stampFile = (folder) => join(folder, "node_modules", ".installed.json");
const digest = (text) => createHash("sha256").update(text).digest("hex");

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined; // not there, or cut off by an interrupted install: both mean "not installed"
  }
}

/**
 * How to start npm: the one that runs this script, else the one that came with this Node, else whatever the path has.
 * Started as a JavaScript program where possible, because Windows cannot start `npm.cmd` without a shell.
 */
export function npm() {
  const beside = dirname(process.execPath);
  const running = process.env.npm_execpath ?? "";
  const places = [
    /[/\\]npm-cli\.c?js$/.test(running) ? running : "",
    join(beside, "node_modules", "npm", "bin", "npm-cli.js"),
    join(beside, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
  ];
  const program = places.find((place) => place !== "" && existsSync(place));
  if (program !== undefined) return { command: process.execPath, first: [program], shell: false };
  return { command: "npm", first: [], shell: process.platform === "win32" };
}

function refuseOldNode(version) {
  const [major, minor] = version.split(".").map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Error(`Node ${version} is too old: ${OLDEST_NODE.join(".")} or newer is needed.`);
}
