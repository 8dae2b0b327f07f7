/** What an installation of the packed library brings: packages, bytes, and how long the compiler looks at its types. */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { byTurns, median, spread } from "./rounds.mjs";

const execute = promisify(execFile);
const root = join(import.meta.dirname, "..");
const ROUNDS = 7;

const NPM = process.platform === "win32" ? "npm.cmd" : "npm";
const shell = process.platform === "win32";

const CONSUMER = `
import { AssistantAgent, UserProxyAgent } from "autogen-ts";

const assistant = new AssistantAgent({ name: "assistant", llmConfig: { config_list: [{ model: "gpt-4o" }] } });
const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
export const answer: Promise<unknown> = user.initiateChat(assistant, { message: "Hi" }).then(({ summary }) => summary);
`;

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), "autogen-install-"));
  try {
    const own = await install(folder);
    const packages = packagesBelow(join(folder, "node_modules"));
    return [
      { label: "packages of a core installation", value: packages.length, unit: "packages", atMost: 4 },
      { label: "all of them on disk", value: bytesBelow(join(folder, "node_modules")) / 1e6, unit: "MB", atMost: 25 },
      { label: "the library itself, code", value: bytesBelow(own, /\.js$/) / 1e6, unit: "MB", atMost: 1 },
      { label: "the library itself, declarations", value: bytesBelow(own, /\.d\.ts$/) / 1e6, unit: "MB" },
      ...(await typeChecks(folder)),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns the library's folder */
async function install(folder) {
  const library = join(root, "packages", "autogen-ts");
  const { stdout } = await execute(NPM, ["pack", "--json", "--loglevel=error", "--pack-destination", folder], {
    cwd: library,
    shell,
  });
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf("[")));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  const args = ["install", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error", `./${filename}`];
  await execute(NPM, args, { cwd: folder, shell });
  return join(folder, "node_modules", "autogen-ts");
}

/** A project that uses the library, against one that does not. */
async function typeChecks(folder) {
  const programs = { "without the library": "export {};\n", "of a project with two agents": CONSUMER };
  const names = Object.keys(programs);
  const projects = Object.fromEntries(
    names.map((name, index) => {
      const project = join(folder, `project-${index}`);
      mkdirSync(project);
      cpSync(join(root, "node_modules", "@types", "node"), join(folder, "node_modules", "@types", "node"), { recursive: true });
      cpSync(join(root, "node_modules", "undici-types"), join(folder, "node_modules", "undici-types"), { recursive: true });
      writeFileSync(join(project, "main.ts"), programs[name]);
      const compilerOptions = {
        strict: true,
        module: "NodeNext",
        target: "ES2022",
        noEmit: true,
        skipLibCheck: true,
        types: ["node"],
      };
      writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["main.ts"] }));
      return [name, project];
    }),
  );
  const compiler = join(root, "node_modules", "typescript", "lib", "tsc.js");
  const report = join(folder, "report.cjs");
  writeFileSync(
    report,
    'process.on("exit", () => { const { userCPUTime, systemCPUTime } = process.resourceUsage(); console.log("CPU", userCPUTime + systemCPUTime); });',
  );
  const check = async (name) => {
    const { stdout } = await execute(process.execPath, ["--require", report, compiler, "-p", projects[name]], { cwd: folder });
    const [, microseconds] = /^CPU (\d+)$/m.exec(stdout) ?? [];
    if (microseconds === undefined || stdout.includes("error TS")) throw new Error(stdout);
    return Number(microseconds) / 1_000;
  };
  const times = await byTurns(ROUNDS, names, check);
  return names.map((name) => ({
    ...{ label: `type check ${name}`, value: median(times[name]), spread: spread(times[name]), unit: "ms" },
  }));
}

function packagesBelow(folder) {
  return readdirSync(folder).flatMap((name) => {
    if (name.startsWith(".") || name === "@types") return [];
    if (name.startsWith("@")) return readdirSync(join(folder, name)).map((one) => `${name}/${one}`);
    return [name];
  });
}

function bytesBelow(folder, pattern = /./) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && pattern.test(entry.name)) bytes += statSync(join(entry.parentPath, entry.name)).size;
  }
  return bytes;
}
