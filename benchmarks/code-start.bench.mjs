/** What running a block costs over the bare interpreter, and whether a thousand of them leave anything behind. */
import childProcess, { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BubblewrapCodeExecutor, EmbeddedCodeExecutor, LocalCommandLineCodeExecutor } from "autogen-ts";
import { median } from "./rounds.mjs";

const ROUNDS = 40;
const SCRIPTS = 1_000;
const BLOCK = [{ language: "python", code: "print(7)" }];

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), "code-start-"));
  chmodSync(folder, 0o755); // where root runs this, the sandbox's account passes through
  process.env["TMPDIR"] = folder; // what others leave in the common folder is not counted
  const script = join(folder, "bare.py");
  writeFileSync(script, BLOCK[0].code);
  const bubblewrap = new BubblewrapCodeExecutor({ workDir: join(folder, "bubblewrap") });
  const embedded = new EmbeddedCodeExecutor({ workDir: join(folder, "embedded") });
  const local = new LocalCommandLineCodeExecutor({ workDir: join(folder, "local"), env: { PATH: "/usr/bin:/bin" } });
  try {
    const raw = await recorded(() => execute(bubblewrap));
    const ways = {
      bare: () => bare("/usr/bin/python3", [script]),
      raw: () => rawSandbox(raw),
      bubblewrap: () => execute(bubblewrap),
      embedded: () => execute(embedded),
      local: () => execute(local),
    };
    const all = await measured(ways);
    const times = Object.fromEntries(Object.entries(all).map(([name, values]) => [name, median(values)]));
    const left = await leavings(bubblewrap);
    return [
      { label: "bare Python", value: times.bare, unit: "ms" },
      {
        label: "bubblewrap over bare Python, median of pairs",
        value: median(pairs(all.bubblewrap, all.bare)),
        unit: "ms",
        atMost: 15,
      },
      { label: "of it: the program `bwrap` itself", value: median(pairs(all.raw, all.bare)), unit: "ms" },
      { label: "of it: ours, median of pairs", value: median(pairs(all.bubblewrap, all.raw)), unit: "ms" },
      { label: "bubblewrap against the program itself", value: times.bubblewrap / times.raw, unit: "times" },
      { label: "embedded, warm", value: times.embedded, unit: "ms", atMost: 20 },
      { label: "unconfined over bare Python", value: times.local - times.bare, unit: "ms" },
      { label: `${SCRIPTS} scripts in bubblewrap`, value: left.seconds, unit: "s" },
      { label: "processes left", value: left.processes, unit: "", atMost: 0 },
      { label: "descriptors left", value: left.descriptors, unit: "", atMost: 0 },
      { label: "files left", value: left.files, unit: "", atMost: 0 },
    ];
  } finally {
    for (const executor of [bubblewrap, embedded, local]) await executor.stop();
    delete process.env["TMPDIR"];
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds of each run. By turns, so that whatever else the machine does meets all of them. */
async function measured(ways) {
  /** @type {Record<string, number[]>} */
  const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (const way of Object.values(ways)) await way();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, way] of Object.entries(ways)) {
      const begun = performance.now();
      await way();
      times[name].push(performance.now() - begun);
    }
  }
  return times;
}

/** What is there after many scripts that was not there before. */
async function leavings(executor) {
  await executor.stop();
  const before = counts();
  const begun = performance.now();
  for (let number = 0; number < SCRIPTS; number++) await execute(executor);
  const seconds = (performance.now() - begun) / 1_000;
  await executor.stop();
  const after = counts();
  return {
    seconds,
    processes: after.processes - before.processes,
    descriptors: after.descriptors - before.descriptors,
    files: after.files - before.files,
  };
}

function counts() {
  return {
    processes: readdirSync("/proc").filter((name) => /^\d+$/.test(name) && isChild(name)).length,
    descriptors: readdirSync("/proc/self/fd").length,
    files: readdirSync(tmpdir(), { recursive: true }).length,
  };
}

/** Children of this process, and those that ran in a sandbox of it and lost their parent. */
function isChild(pid) {
  try {
    const [, parent] = /\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "latin1")) ?? [];
    return Number(parent) === process.pid || readFileSync(`/proc/${pid}/cmdline`, "latin1").includes("code-start-");
  } catch {
    return false; // gone
  }
}

async function execute(executor) {
  const { exitCode, output } = await executor.executeCodeBlocks(BLOCK);
  if (exitCode !== 0 || output !== "7\n") throw new Error(`${executor.name}: ${exitCode} ${output}`);
}

/** With its output read, as the executors do. */
function bare(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    child.once("close", resolve).once("error", reject);
    child.stdout.resume();
    child.stderr.resume();
  });
}

/** How the executor starts its program. */
async function recorded(body) {
  const original = childProcess.spawn;
  let call;
  const recording = (...args) => {
    call = args;
    return Reflect.apply(original, undefined, args);
  };
  childProcess.spawn = /** @type {typeof spawn} */ (recording);
  syncBuiltinESMExports();
  try {
    await body();
  } finally {
    childProcess.spawn = original;
    syncBuiltinESMExports();
  }
  return call;
}

/** The same without what holds the code back, the filter, and the limits of all processes together. */
async function rawSandbox([command, args, { cwd, env, uid, gid }]) {
  const line = [command, ...args];
  const sandbox = line.slice(line.findIndex((word) => word.endsWith("/bwrap"))); // a shell may stand before it
  const ours = new Set(["--sync-fd", "--info-fd", "--block-fd", "--seccomp"]);
  const [program, ...plain] = sandbox.filter((arg, index) => !ours.has(arg) && !ours.has(sandbox[index - 1]));
  const code = await bare(program, plain, { cwd, env, ...(uid === undefined ? {} : { uid, gid }) });
  if (code !== 0) throw new Error(`The program itself ended with code ${code}.`);
}

const pairs = (ones, others) => ones.map((one, index) => one - others[index]);
