import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, test } from "vitest";
import {
  AssistantAgent,
  contentText,
  OpenAIWrapper,
  recordTo,
  replayFrom,
  UserProxyAgent,
  type EventBody,
  type RecordedEffect,
} from "../../index.js";
import { everything, everythingOverHttp, filesystem } from "../../../test/mcp-servers.js";
import { scriptedModel } from "../testing/index.js";
import { connectMcp, type McpConnection, type McpSettings } from "./index.js";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "mcp-")));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

/** The reference server over both transports. */
const TRANSPORTS: readonly (readonly [
  string,
  (settings: Partial<McpSettings>, use: (all: McpConnection) => Promise<void>) => Promise<void>,
])[] = [
  [
    "stdio",
    async (settings, use) => {
      await using all = await connectMcp({ name: "all", ...settings, ...everything });
      await use(all);
    },
  ],
  [
    "http",
    async (settings, use) => {
      await using server = await everythingOverHttp();
      await using all = await connectMcp({ name: "all", ...settings, url: server.url });
      await use(all);
    },
  ],
];

const call = (name: string, args: object): object => ({
  tool_calls: [{ id: "1", type: "function", function: { name, arguments: JSON.stringify(args) } }],
});

for (const [transport, connected] of TRANSPORTS) {
  test(`INTEG-05 over ${transport} a model calls a tool of the reference server, and gets its text`, async () => {
    await connected({}, async (all) => {
      const model = scriptedModel(call("all__get-sum", { a: 2, b: 40 }), "42. TERMINATE");
      const bot = new AssistantAgent({ name: "bot", llmConfig: model.llmConfig });
      const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
      all.registerTools({ caller: bot, executor: user });

      await user.initiateChat(bot, { message: "2+40?", silent: true });

      const offered = model.requests[0]?.["tools"] as readonly {
        function: { name: string; parameters: { required: string[] } };
      }[];
      assert.deepEqual(offered.find((tool) => tool.function.name === "all__get-sum")?.function.parameters.required, ["a", "b"]);
      const sent = model.requests[1]?.["messages"] as readonly { role: string; content: string }[];
      assert.deepEqual(
        sent.filter(({ role }) => role === "tool").map(({ content }) => content),
        ["The sum of 2 and 40 is 42."],
      );
    });
  });

  test(`INTEG-05 over ${transport} images are notes, links and embedded resources are text, data is JSON`, async () => {
    await connected({}, async (all) => {
      const image = await all.callTool("get-tiny-image");
      assert.match(image.text, /^Here's the image you requested:\n\n\[image: image\/png, \d+ bytes, not shown as text\]\n\n/);
      assert.equal(image.images.length, 1);
      assert.equal(image.images[0]?.mimeType, "image/png");
      assert.match(
        (await all.callTool("get-resource-links", { count: 1 })).text,
        /\[Blob Resource 1\]\(demo:\/\/resource\/dynamic\/blob\/1\)/,
      );
      const data = await all.callTool("get-structured-content", { location: "Chicago" });
      assert.deepEqual(JSON.parse(data.text), data.structured);
    });
  });

  test(`over ${transport} the server samples a function, and reads the roots and their change`, async () => {
    const asked: unknown[] = [];
    const by = ({
      messages,
      maxTokens,
      systemPrompt,
    }: {
      messages: unknown;
      maxTokens: number;
      systemPrompt: unknown;
    }): string => {
      asked.push({ messages, maxTokens, systemPrompt });
      return "four";
    };
    await connected({ roots: ["/tmp/a b"], sampling: { by, maxTokens: 50 } }, async (all) => {
      const { text } = await all.callTool("trigger-sampling-request", { prompt: "2+2?", maxTokens: 100 });
      assert.match(text, /"text": "four"/);
      assert.deepEqual(asked, [
        {
          messages: [{ role: "user", content: "Resource trigger-sampling-request context: 2+2?" }],
          maxTokens: 50,
          systemPrompt: "You are a helpful test server.",
        },
      ]);
      assert.match((await all.callTool("get-roots-list")).text, /file:\/\/\/tmp\/a%20b/);
      await all.setRoots([{ uri: "file:///tmp/c", name: "the other" }]);
      // The server asks for the list when it has time.
      while (!(await all.callTool("get-roots-list")).text.includes("file:///tmp/c"));
    });
  });

  test(`over ${transport} progress of a tool comes as events of the chat`, async () => {
    await connected({}, async (all) => {
      const events: EventBody[] = [];
      const model = scriptedModel(call("all__trigger-long-running-operation", { duration: 0.1, steps: 2 }), "TERMINATE");
      const bot = new AssistantAgent({ name: "bot", llmConfig: model.llmConfig });
      const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
      all.registerTools({ caller: bot, executor: user });
      const onEvent = (event: EventBody): void => void events.push(event);
      await user.initiateChat(bot, { message: "go", silent: true, onEvent });
      const progress = events.filter((event) => event.type === "tool.progress");
      assert.deepEqual(
        progress.map(({ agent, tool, callId, update }) => [agent, tool, callId, update]),
        [1, 2].map((step) => ["user", "all__trigger-long-running-operation", "1", { progress: step, total: 2 }]),
      );
    });
  });

  test(`over ${transport} resources and prompts are read; a run makes it an effect that can be replayed`, async () => {
    const recorded: RecordedEffect[] = [];
    const read = async (all: McpConnection, layer: ReturnType<typeof recordTo>): Promise<string> => {
      const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
      const bot = new AssistantAgent({ name: "bot" });
      let found = "";
      bot.registerReply("user", async (_bot, _messages, _sender, _config, { run }) => {
        found = await all.readResource("demo://resource/dynamic/text/7", { run });
        return [true, null];
      });
      await user.initiateChat(bot, { message: "read", silent: true, layers: [layer] });
      return found;
    };
    await connected({}, async (all) => {
      const resources = await all.listResources();
      assert.ok(resources.some(({ uri }) => uri === "demo://resource/static/document/architecture.md"));
      assert.deepEqual(
        (await all.listResourceTemplates()).map(({ uriTemplate }) => uriTemplate),
        ["demo://resource/dynamic/text/{resourceId}", "demo://resource/dynamic/blob/{resourceId}"],
      );
      const prompts = await all.listPrompts();
      assert.deepEqual(
        prompts.find(({ name }) => name === "args-prompt")?.arguments.map(({ name, required }) => [name, required]),
        [
          ["city", true],
          ["state", false],
        ],
      );
      const { messages } = await all.getPrompt("args-prompt", { city: "Oslo" });
      assert.deepEqual(messages, [{ role: "user", content: "What's weather in Oslo?" }]);

      const live = await read(
        all,
        recordTo((effect) => void recorded.push(effect)),
      );
      assert.match(live, /^demo:\/\/resource\/dynamic\/text\/7\nResource 7: This is a plaintext resource/);
      assert.deepEqual(
        recorded.map(({ key }) => key).filter((key) => key.includes("mcp")),
        ["run/chat-0/io:mcp:all#0"],
      );
      await all.close();
      assert.equal(await read(all, replayFrom(recorded)), live);
    });
  });
}

test("a model answers sampling as part of the chat: its usage counts there", async () => {
  await using all = await connectMcp({
    name: "all",
    ...everything,
    sampling: { by: new OpenAIWrapper(scriptedModel({ content: "four", usage: [100, 7] }).llmConfig) },
  });
  const model = scriptedModel(call("all__trigger-sampling-request", { prompt: "2+2?" }), "TERMINATE");
  const bot = new AssistantAgent({ name: "bot", llmConfig: model.llmConfig });
  const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
  all.registerTools({ caller: bot, executor: user });
  const asked: string[] = [];
  const { chatHistory, cost } = await user.initiateChat(bot, {
    message: "go",
    silent: true,
    onEvent: (event) => event.type === "llm.start" && asked.push(`${event.path} ${event.agent}`),
  });
  assert.match(contentText(chatHistory[2]?.content ?? null), /"text": "four"/);
  assert.deepEqual(asked, ["run/chat-0 bot", "run/chat-0/sampling-0 mcp:all", "run/chat-0 bot"]);
  const used = cost.usageIncludingCachedInference["scripted"];
  assert.equal(typeof used === "object" && used?.prompt_tokens, 120);
});

test("an agent answers sampling with its own system message", async () => {
  const model = scriptedModel("four");
  const helper = new AssistantAgent({ name: "helper", systemMessage: "You add.", llmConfig: model.llmConfig });
  await using all = await connectMcp({ name: "all", ...everything, sampling: { by: helper } });
  const { text } = await all.callTool("trigger-sampling-request", { prompt: "2+2?" });
  assert.match(text, /"model": "helper"/);
  assert.deepEqual(
    (model.requests[0]?.["messages"] as readonly { role: string }[] | undefined)?.map(({ role }) => role),
    ["system", "user", "user"],
  );
});

test("the filesystem server reads and writes in its folder, and its refusal is an error for the model", async () => {
  const folder = folderWith({ "note.txt": "remember the milk" });
  await using files = await connectMcp({
    name: "files",
    ...filesystem(folder),
    filter: ({ annotations }) => annotations["readOnlyHint"] === true,
  });
  assert.ok(files.tools.some(({ name }) => name === "files__read_text_file"));
  assert.ok(!files.tools.some(({ name }) => name === "files__write_file"));
  assert.equal((await files.callTool("read_text_file", { path: join(folder, "note.txt") })).text, "remember the milk");

  const refused = await files.callTool("read_text_file", { path: "/etc/passwd" });
  assert.equal(refused.ok, false);
  assert.match(refused.text, /Access denied/);

  const read = files.tools.find(({ name }) => name === "files__read_text_file");
  await assert.rejects(async () => await read?.execute({ path: "/etc/passwd" }), {
    code: "mcp-failed",
    message: /Access denied/,
  });
});

test("images become parts of a message when asked for", async () => {
  await using all = await connectMcp({ name: "all", ...everything, images: "parts" });
  const parts = await all.tools.find(({ name }) => name === "all__get-tiny-image")?.execute({});
  assert.deepEqual(Array.isArray(parts) && parts.map(({ type }: { type: string }) => type), ["text", "image_url"]);
});

test("the environment of a server is an allow-list and what it was given", async () => {
  process.env["PLANTED_KEY"] = "sk-canary";
  try {
    await using all = await connectMcp({ name: "all", ...everything, env: { GIVEN: "yes" } });
    const env = JSON.parse((await all.callTool("get-env")).text) as Record<string, string>;
    assert.equal(env["GIVEN"], "yes");
    assert.equal(env["PATH"], process.env["PATH"]);
    assert.equal(env["PLANTED_KEY"], undefined);
  } finally {
    delete process.env["PLANTED_KEY"];
  }
});

test("a server that was started anew over HTTP gets a new session for the next call", async () => {
  const first = await everythingOverHttp();
  const warnings: string[] = [];
  await using all = await connectMcp({ name: "all", url: first.url, onWarning: ({ code }) => void warnings.push(code) });
  await first[Symbol.asyncDispose]();
  await assert.rejects(all.callTool("echo", { message: "hi" }), { code: "mcp-failed" });
  await using second = await everythingOverHttp(first.port);
  assert.equal((await all.callTool("echo", { message: "hi" })).text, "Echo: hi");
  assert.ok(warnings.includes("restarted"), second.url);
});
