import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, test } from "vitest";
import { modelServer } from "../../packages/autogen-ts/test/model-server.js";

const PROGRAM = fileURLToPath(new URL("main.js", import.meta.url));
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder to work in, and an environment in which no model is configured. */
interface Place {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

function workplace(env: NodeJS.ProcessEnv = {}): Place {
  const folder = mkdtempSync(join(tmpdir(), "two-agents-"));
  folders.push(folder);
  return { cwd: folder, env: { PATH: process.env.PATH, NO_COLOR: "1", ...env } };
}

/** A search path with Node and a shell, but without any sandbox of the system. */
function pathWithoutSandbox(): string {
  const folder = mkdtempSync(join(tmpdir(), "path-"));
  folders.push(folder);
  symlinkSync(process.execPath, join(folder, "node"));
  symlinkSync("/bin/sh", join(folder, "sh"));
  return folder;
}

function run(
  { cwd, env }: Place,
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.on("close", (code) => resolve({ code, output }));
  });
}

for (const [title, env] of [
  ["with the sandboxes of this machine", (): NodeJS.ProcessEnv => ({})],
  ["without bubblewrap", (): NodeJS.ProcessEnv => ({ PATH: pathWithoutSandbox() })],
] as const) {
  test(`the recorded run fails once, is repaired, and leaves a chart (${title})`, async () => {
    const place = workplace(env());
    const { code, output } = await run(place);

    assert.equal(code, 0, output);
    assert.deepEqual(output.match(/exitcode: \d \(execution \w+\)/g), [
      "exitcode: 1 (execution failed)",
      "exitcode: 0 (execution succeeded)",
    ]);
    assert.match(
      output,
      /^Model: none configured, so the assistant's replies come from a recorded run; they were written by hand/,
    );
    assert.match(output, /MSFT: 39\.81 on 2000-01-01, 28\.80 on 2010-03-01, change -27\.7 %/);
    assert.match(output, /Tokens: \d+ in, \d+ out/);
    assert.match(output, /Cost: 0\.00\d+ US dollars/);
    const chart = join(place.cwd, "coding", "price-change.svg");
    assert.ok(output.includes(`Picture: ${chart}`));
    assert.match(readFileSync(chart, "utf8"), /^<svg[^]*<polyline[^]*<polyline[^]*<\/svg>\n$/);
  });
}

test("the program is at most 40 lines", () => {
  assert.ok(readFileSync(PROGRAM, "utf8").trimEnd().split("\n").length <= 40);
});

test("bad input: a task without a model says the four ways to configure one, exit code 2", async () => {
  const { code, output } = await run(workplace(), "count to three");
  assert.equal(code, 2);
  for (const way of ["OAI_CONFIG_LIST", "OPENAI_API_KEY", "Ollama", "LM Studio"]) assert.ok(output.includes(way), output);
});

test("bad input: a malformed OAI_CONFIG_LIST is named with position and fix, and its key is not shown", async () => {
  const place = workplace();
  writeFileSync(join(place.cwd, "OAI_CONFIG_LIST"), '[\n  {"model": "m", "api_key": "sk-canary-1234567890" "x": 1}\n]');
  const { code, output } = await run(place, "count to three");
  assert.equal(code, 1);
  assert.match(output, /OAI_CONFIG_LIST.*line 2/s);
  assert.ok(!output.includes("canary"));
});

test("an own task is done by the configured model", async () => {
  await using server = await modelServer({ bot: ["```sh\necho $((6 * 7))\n```", "It is 42. TERMINATE"] });
  const list = JSON.stringify([{ model: "gpt-4o-mini", base_url: server.base("bot"), api_key: "test-key", cache_seed: null }]);
  const { code, output } = await run(workplace({ OAI_CONFIG_LIST: list }), "what", "is", "6*7?");

  assert.equal(code, 0, output);
  assert.match(output, /what is 6\*7\?/);
  assert.match(output, /Code output: 42/);
  assert.match(output, /Summary: It is 42\./);
});

test("an endpoint that fails ends the program with the error and what was done", async () => {
  await using server = await modelServer({ bot: [{ status: 500 }] });
  const list = JSON.stringify([
    { model: "m", base_url: server.base("bot"), api_key: "test-key", max_retries: 0, cache_seed: null },
  ]);
  const { code, output } = await run(workplace({ OAI_CONFIG_LIST: list }), "hello");

  assert.equal(code, 1);
  assert.match(output, /\(model-failed\)\nUp to here: 1 message, 0 tokens used\./);
});

test("Ctrl-C while code runs kills what it started, prints what was done, exit code 130", async () => {
  const place = workplace();
  const marker = `marker-${process.pid}-${Date.now()}`;
  const code = `\`\`\`sh\necho started > ready.txt\nexec sleep 1000 # ${marker}\n\`\`\``;
  await using server = await modelServer({ bot: [code.replace("exec sleep 1000", `sh -c 'sleep 1000; : ${marker}'`)] });
  const list = JSON.stringify([{ model: "m", base_url: server.base("bot"), api_key: "test-key", cache_seed: null }]);
  const child = spawn(process.execPath, [PROGRAM, "wait"], { ...place, env: { ...place.env, OAI_CONFIG_LIST: list } });
  let output = "";
  const started = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (output.includes("EXECUTING CODE BLOCK")) resolve();
      });
    }
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  await Promise.race([started, ended]);
  await running(marker, ended);
  child.kill("SIGINT");

  assert.equal(await ended, 130, output);
  assert.match(output, /Stopped\. Up to here: 2 messages, 15 tokens used\./);
  assert.equal(processesWith(marker), "");
});

/** Waits until a process with `marker` in its command line is there, by looking: nothing tells of it. */
async function running(marker: string, ended: Promise<unknown>): Promise<void> {
  const over = ended.then(() => true);
  const nextLook = (): Promise<boolean> => new Promise((resolve) => setImmediate(() => resolve(false)));
  while (processesWith(marker) === "") if (await Promise.race([over, nextLook()])) return;
}

const processesWith = (marker: string): string =>
  spawnSync("pgrep", ["-f", `sleep 1000; : ${marker}`], { encoding: "utf8" }).stdout;

test("files of this example exist where its README says", () => {
  const readme = readFileSync(join(dirname(PROGRAM), "README.md"), "utf8");
  for (const [, name] of readme.matchAll(/`([\w-]+\.(?:js|jsonl))`/g))
    assert.ok(existsSync(join(dirname(PROGRAM), name ?? "")), name);
});
