import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, test } from "vitest";
import { AssistantAgent, UserProxyAgent, type EventBody } from "../../index.js";
import { isAlive, odd } from "../../../test/mcp-servers.js";
import { scriptedModel } from "../testing/index.js";
import { connectMcp, type McpConnection, type McpOptions, type McpWarning } from "./index.js";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function temporaryFile(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "mcp-"));
  folders.push(folder);
  return join(folder, name);
}

interface Scene extends AsyncDisposable {
  readonly server: McpConnection;
  readonly warnings: readonly McpWarning[];
}

async function connected(mode: string, options: Partial<McpOptions> = {}): Promise<Scene> {
  const warnings: McpWarning[] = [];
  const onWarning = (warning: McpWarning): void => void warnings.push(warning);
  // The place is that of a process, whatever the rest says.
  const server = await connectMcp({ name: "odd", ...odd(mode), onWarning, ...options } as McpOptions);
  return { server, warnings, [Symbol.asyncDispose]: () => server.close() };
}

const codes = (warnings: readonly McpWarning[]): string[] => warnings.map(({ code }) => code);

/** Looks until it is so: nothing tells of it. */
async function until(claim: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await claim())) await new Promise((resolve) => setImmediate(resolve));
}

test("bad input: a server that dies at start is named with its exit code and last words, without its secrets", async () => {
  await assert.rejects(connected("die-at-start", { env: { TOKEN: "sk-canary-123456" } }), (error: Error) => {
    assert.match(error.message, /^The MCP server `odd` by `.*` could not be reached: exit code 3; it wrote last:\n/);
    assert.match(error.message, /starting with the token \*\*\*\nno configuration found$/);
    assert.equal((error as { code?: unknown }).code, "mcp-failed");
    return true;
  });
});

test("bad input: a program that does not exist is an error that names it", async () => {
  await assert.rejects(connectMcp({ name: "odd", command: "no-such-program" }), {
    code: "mcp-failed",
    message: /`odd` by `no-such-program` could not be reached: spawn no-such-program ENOENT/,
  });
});

test("bad input: a server that dies while it lists its tools is named as well", async () => {
  await assert.rejects(connected("die-at-list"), {
    code: "mcp-failed",
    message: /ended during the list of its tools: exit code 4/,
  });
});

test("bad input: a server that never answers is given up after the time limit, and ended", async () => {
  await assert.rejects(connected("silent", { startTimeoutMs: 300 }), { code: "mcp-failed", message: /timed out/i });
});

test("connecting can be aborted", async () => {
  const signal = AbortSignal.timeout(200);
  await assert.rejects(connected("silent", { signal }), { code: "aborted" });
});

test("INTEG-05 a server that dies in mid-call is an error for the model; it is started again for the next call", async () => {
  await using scene = await connected("normal");
  const { server, warnings } = scene;
  await assert.rejects(server.callTool("die"), {
    code: "mcp-failed",
    message: /^The MCP server `odd` ended during the call of die: exit code 5; it wrote last:\nsomething broke$/,
  });
  assert.equal((await server.callTool("echo", { a: 1 })).text, '{"a":1}');
  assert.deepEqual(codes(warnings), ["restarted"]);
});

test("a server that dies every time is not started for ever", async () => {
  await using scene = await connected("normal", { restarts: 2 });
  for (let i = 0; i < 3; i += 1) await assert.rejects(scene.server.callTool("die"), /ended during the call/);
  await assert.rejects(scene.server.callTool("echo"), {
    code: "mcp-failed",
    message: /has ended: exit code 5.*It is not started again/s,
  });
});

test("INTEG-05 a call that takes too long is cancelled at the server, and the model is told", async () => {
  await using scene = await connected("normal", { timeoutMs: 200 });
  await assert.rejects(scene.server.callTool("hang"), { code: "mcp-failed", message: /did not answer in time.*200 ms/ });
  const cancelled = JSON.parse((await scene.server.callTool("cancelled")).text) as unknown[];
  assert.equal(cancelled.length, 1);
});

test("the signal of a chat cancels the request at the server, and the chat rejects", async () => {
  await using scene = await connected("normal");
  const { server } = scene;
  const call = { tool_calls: [{ id: "1", type: "function" as const, function: { name: "odd__hang", arguments: "{}" } }] };
  const bot = new AssistantAgent({ name: "bot", llmConfig: scriptedModel(call).llmConfig });
  const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
  server.registerTools({ caller: bot, executor: user });
  const stop = new AbortController();
  const onEvent = (event: EventBody): void => {
    if (event.type === "tool.start") setImmediate(() => stop.abort(new Error("a private reason")));
  };
  await assert.rejects(user.initiateChat(bot, { message: "go", silent: true, signal: stop.signal, onEvent }), {
    code: "aborted",
  });
  await until(async () => (await server.callTool("cancelled")).text !== "[]");
  const [cancelled] = JSON.parse((await server.callTool("cancelled")).text) as readonly { readonly reason: string }[];
  assert.equal(cancelled?.reason, "The request was cancelled.");
});

test("aborted before, a call is not sent", async () => {
  await using scene = await connected("normal");
  await assert.rejects(scene.server.callTool("echo", {}, { signal: AbortSignal.abort() }), { code: "aborted" });
});

test("bad input: an answer that is no JSON-RPC fails the call at once", async () => {
  await using scene = await connected("normal");
  await assert.rejects(scene.server.callTool("invalid"), { code: "mcp-failed", message: /no valid JSON-RPC/ });
  assert.deepEqual(codes(scene.warnings), ["invalid-message"]);
});

test("bad input: lines between messages are passed over with a warning", async () => {
  await using scene = await connected("normal");
  assert.equal((await scene.server.callTool("noise")).text, "after the noise");
  assert.deepEqual(codes(scene.warnings), ["invalid-message", "invalid-message", "invalid-message"]);
});

test("bad input: a server that floods is cut off", async () => {
  await using scene = await connected("normal", { limits: { messageBytes: 1_000_000 } });
  await assert.rejects(scene.server.callTool("flood"), {
    code: "mcp-failed",
    message: /sent a message of more than 1000000 bytes/,
  });
});

test("bad input: a flood of log messages is handed on up to the limit, with one warning; the next call starts anew", async () => {
  const texts: string[] = [];
  const onLog = ({ text }: { readonly text: string }): void => void texts.push(text);
  await using scene = await connected("normal", { limits: { logMessages: 10 }, onLog });
  for (const turn of [1, 2]) {
    assert.equal((await scene.server.callTool("chatter")).text, "said it all");
    await until(() => texts.length === turn * 10);
  }
  assert.deepEqual(texts.slice(0, 2), ["word 0", "word 1"]);
  assert.deepEqual(codes(scene.warnings), ["log-flood"]);
});

test("bad input: megabytes of other lines, on both outputs, are passed over with a limited number of warnings", async () => {
  await using scene = await connected("normal");
  assert.equal((await scene.server.callTool("babble")).text, "said it all");
  assert.equal(scene.warnings.length, 200);
  assert.ok(scene.warnings.every(({ code, text }) => code === "invalid-message" && text.length < 400));
  assert.equal((await scene.server.callTool("echo", { a: 1 })).text, '{"a":1}');
});

test("bad input: a server that asks the user something (elicitation) is refused, and its call goes on", async () => {
  await using scene = await connected("normal", { sampling: { by: () => assert.fail("asked") } });
  const { text } = await scene.server.callTool("elicit");
  assert.match(text, /"code":-32601/);
  assert.doesNotMatch(text, /password/);
});

test("bad input: a flood of progress gives no more events than the limit, and the last answer counts", async () => {
  await using scene = await connected("normal", { limits: { progressEvents: 10 } });
  const events: EventBody[] = [];
  const run = { emit: (event: EventBody) => void events.push(event) };
  const tool = scene.server.tools.find(({ name }) => name === "odd__progress");
  assert.equal(await tool?.execute({}, { run: run as never, agent: { name: "user" } }), "done");
  assert.equal(events.length, 10);
  assert.deepEqual(events[0], {
    type: "tool.progress",
    agent: "user",
    tool: "odd__progress",
    update: { progress: 1, total: 5000, text: "step 1" },
  });
});

test("results are cut at the limit, and the model is told", async () => {
  await using scene = await connected("normal", { limits: { resultCharacters: 100 } });
  const { text } = await scene.server.callTool("big");
  assert.equal(text, `${"z".repeat(100)}\n\n[Cut: these are the first 100 of 200000 characters. Ask for less, or for a part.]`);
});

test("INTEG-05 a failure that the server reports is an error for the model, and the chat goes on", async () => {
  await using scene = await connected("normal");
  const call = { tool_calls: [{ id: "1", type: "function" as const, function: { name: "odd__fail", arguments: "{}" } }] };
  const bot = new AssistantAgent({ name: "bot", llmConfig: scriptedModel(call, "TERMINATE").llmConfig });
  const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
  scene.server.registerTools({ caller: bot, executor: user });
  const { chatHistory } = await user.initiateChat(bot, { message: "go", silent: true });
  assert.deepEqual(
    chatHistory.map(({ content }) => content),
    ["go", null, "Error: it did not work", "TERMINATE"],
  );
});

test("INTEG-06 names are made legal and unique, and the server gets its own", async () => {
  await using scene = await connected("normal");
  const tool = scene.server.tools.find(({ mcp }) => mcp.originalName === "odd name!");
  assert.equal(tool?.name, "odd__odd_name_");
  assert.equal(await tool?.execute({}), "odd");
  await using other = await connected("normal", { name: "second" });
  const names = [...scene.server.tools, ...other.server.tools].map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
});

test("bad input: hidden characters, orders, endless texts, huge schemas and twins in a list are handled and named", async () => {
  await using scene = await connected("poisoned");
  const { server, warnings } = scene;
  assert.deepEqual(
    server.tools.map(({ name }) => name),
    ["odd__poison", "odd__hidden", "odd__long", "odd__twin"],
  );
  assert.equal(server.tools[1]?.description, "Adds numbers.");
  assert.equal(server.tools[2]?.description, `${"x".repeat(2000)} …`);
  assert.deepEqual(codes(warnings), ["tool-left-out", "instruction", "hidden-text", "long-text", "tool-left-out"]);
  assert.match(
    warnings[1]?.text ?? "",
    /`poison` of the MCP server `odd` seems to give orders to the model: ".*IMPORTANT.*"\. Leave it out with `filter`/,
  );
  await using replaced = await connected("poisoned", {
    filter: ({ originalName }) => originalName === "poison",
    describe: ({ server: name }) => `Adds numbers (${name}).`,
  });
  assert.deepEqual(
    replaced.server.tools.map(({ description }) => description),
    ["Adds numbers (odd)."],
  );
});

test("INTEG-05 lists are read to their last page; one without end is an error", async () => {
  await using scene = await connected("pages");
  assert.deepEqual(
    scene.server.tools.map(({ name }) => name),
    ["odd__page0", "odd__page1", "odd__page2"],
  );
  await assert.rejects(connected("endless"), { code: "mcp-failed", message: /the list of its tools/ });
});

test("a changed list reaches the agents: new tools come, gone ones go, changed ones are warned of", async () => {
  const changes: unknown[] = [];
  let changed: () => void = () => undefined;
  const told = new Promise<void>((resolve) => (changed = resolve));
  await using scene = await connected("normal", {
    onToolsChanged: (drift) => {
      changes.push(drift);
      changed();
    },
  });
  const { server, warnings } = scene;
  const bot = new AssistantAgent({ name: "bot", llmConfig: scriptedModel().llmConfig });
  const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
  server.registerTools({ caller: bot, executor: user });
  const big = server.tools.find(({ name }) => name === "odd__big");
  await server.callTool("change");
  await told;
  assert.deepEqual(changes, [{ added: ["odd__fresh"], changed: ["odd__echo"], removed: ["odd__big"] }]);
  assert.ok(user.canExecuteFunction(["odd__fresh", "odd__echo"]));
  assert.ok(!user.canExecuteFunction("odd__big"));
  const offered = bot.toolOptions.tools?.map(({ function: { name, description } }) => `${name}: ${description}`) ?? [];
  assert.ok(offered.includes("odd__echo: does echo, and more 1"));
  assert.ok(!offered.some((one) => one.startsWith("odd__big")));
  assert.deepEqual(codes(warnings), ["drift"]);
  assert.match(warnings[0]?.text ?? "", /are not what they were \(changed: echo; new: fresh; gone: big\)/);
  await assert.rejects(async () => await big?.execute({}), { message: /is not offered any more, so it was not called/ });
});

test("a flood of changes is read once or twice, not a thousand times", async () => {
  await using scene = await connected("normal");
  assert.equal((await scene.server.callTool("flicker")).text, "flickered");
  assert.equal((await scene.server.callTool("echo")).text, "{}");
});

test("pins in a lock file: written on first use, a difference is warned of until it is pinned anew", async () => {
  const pins = temporaryFile("mcp.lock.json");
  await using first = await connected("normal", { pins });
  await using other = await connected("pages", { pins, name: "pages" });
  const lock = JSON.parse(readFileSync(pins, "utf8")) as { servers: Record<string, Record<string, string>> };
  assert.deepEqual(Object.keys(lock.servers), ["odd", "pages"]);
  assert.deepEqual(lock.servers["odd"], { ...first.server.pins });
  assert.match(lock.servers["odd"]?.["echo"] ?? "", /^sha256-[0-9a-f]{64}$/);
  assert.deepEqual([...codes(first.warnings), ...codes(other.warnings)], []);

  await using second = await connected("poisoned", { pins, filter: () => false });
  assert.deepEqual(codes(second.warnings).includes("drift"), true);
  second.server.pin();
  await using third = await connected("poisoned", { pins, filter: () => false });
  assert.equal(codes(third.warnings).includes("drift"), false);
});

test("pins as a value: `leave-out` offers only what is as pinned, `refuse` does not connect", async () => {
  await using scene = await connected("normal");
  const { echo = "", env = "" } = scene.server.pins;
  const pins = { echo, env: `${env}0`, gone: "sha256-0" };
  await using careful = await connected("normal", { pins, onDrift: "leave-out" });
  assert.deepEqual(
    careful.server.tools.map(({ name }) => name),
    ["odd__echo"],
  );
  assert.deepEqual(codes(careful.warnings), ["drift"]);
  await assert.rejects(connected("normal", { pins, onDrift: "refuse" }), {
    code: "mcp-failed",
    message: /changed: env; new: .*; gone: gone.*The connection was refused/,
  });
});

test("a tool that changes while connected is refused under `leave-out`, also where an agent still holds it", async () => {
  let changed: () => void = () => undefined;
  const told = new Promise<void>((resolve) => (changed = resolve));
  await using scene = await connected("normal", { onDrift: "leave-out", onToolsChanged: () => changed() });
  const echo = scene.server.tools.find(({ name }) => name === "odd__echo");
  await scene.server.callTool("change");
  await told;
  await assert.rejects(async () => await echo?.execute({}), {
    message: /is not what it was when it was looked at, so it was not called/,
  });
  assert.ok(!scene.server.tools.some(({ name }) => name === "odd__fresh"));
});

for (const [what, content] of [
  ["no JSON", "{"],
  ["something else", '{"format":1,"servers":[]}'],
  ["a newer version", '{"format":2,"servers":{}}'],
] as const) {
  test(`bad input: a lock file that is ${what} is refused with its name, and left alone`, async () => {
    const pins = temporaryFile("mcp.lock.json");
    writeFileSync(pins, content);
    await assert.rejects(connected("normal", { pins }), { code: "invalid-config", message: /mcp\.lock\.json/ });
    assert.equal(readFileSync(pins, "utf8"), content);
  });
}

test("sampling is answered during calls only, with a limit on requests, and only when it was offered", async () => {
  const asked: number[] = [];
  const sampling = { by: () => "4", approve: () => asked.push(1) > 0, maxRequests: 3 };
  await using scene = await connected("ask-at-once", { sampling });
  await until(async () => (await scene.server.callTool("cancelled")).text.includes("during tool calls only"));
  assert.equal(asked.length, 0);
  assert.match((await scene.server.callTool("sample", { times: 3 })).text, /"text":"4"/);
  assert.match((await scene.server.callTool("sample", { times: 4 })).text, /At most 3 sampling requests/);
  await using closed = await connected("normal");
  assert.match((await closed.server.callTool("sample")).text, /not found|not support/i);
});

test("INTEG-05 closing ends the server with all that it has started; a second close is harmless", async () => {
  const pidFile = temporaryFile("pid");
  const scene = await connected("normal", odd("normal", pidFile));
  const child = Number((await scene.server.callTool("child")).text);
  const own = Number(readFileSync(pidFile, "utf8"));
  assert.deepEqual([isAlive(own), isAlive(child)], [true, true]);
  await scene.server.close();
  await scene.server.close();
  await until(() => !isAlive(own) && !isAlive(child));
  await assert.rejects(scene.server.callTool("echo"), { code: "mcp-failed", message: /is closed/ });
});

test("a server that does not end by itself is ended", async () => {
  const pidFile = temporaryFile("pid");
  const scene = await connected("clings", odd("clings", pidFile));
  await scene.server.close();
  const own = Number(readFileSync(pidFile, "utf8"));
  assert.ok(existsSync(pidFile));
  await until(() => !isAlive(own));
});

for (const [what, options, message] of [
  ["a name with spaces", { name: "my server", command: "x" }, /`name`/],
  ["a name that could be mistaken", { name: "a__b", command: "x" }, /`name`/],
  ["neither command nor url", { name: "a" }, /either `command`.*or `url`/],
  ["both", { name: "a", command: "x", url: "http://x" }, /either `command`.*or `url`/],
  ["an address of another kind", { name: "a", url: "file:///etc/passwd" }, /`url`/],
  ["a time of 0", { name: "a", command: "x", timeoutMs: 0 }, /`timeoutMs` is 0/],
  ["pins that are none", { name: "a", command: "x", pins: { a: 1 } }, /`pins`/],
] as const) {
  test(`bad input: ${what} is refused before anything is started`, async () => {
    await assert.rejects(connectMcp(options as unknown as McpOptions), { code: "invalid-option", message });
  });
}

test("calls that find the server ended start it once, and all of them are made", async () => {
  await using scene = await connected("normal");
  await assert.rejects(scene.server.callTool("die"));
  const results = await Promise.all([1, 2, 3].map((a) => scene.server.callTool("echo", { a })));
  assert.deepEqual(
    results.map(({ text }) => text),
    ['{"a":1}', '{"a":2}', '{"a":3}'],
  );
  assert.deepEqual(codes(scene.warnings), ["restarted"]);
});
