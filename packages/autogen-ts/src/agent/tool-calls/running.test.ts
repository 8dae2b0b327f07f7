import assert from "node:assert/strict";
import { test } from "vitest";
import { pair, rejection, texts, type Pair } from "../../../test/pairs.js";
import {
  chatOfError,
  ConversableAgent,
  defineTool,
  imagePart,
  isAutogenError,
  registerFunction,
  type AgentOptions,
  type RunEvent,
  type Tool,
  type ToolContext,
} from "../../index.js";

const tool = (name: string, execute: (args: never, context: ToolContext) => unknown, settings: Partial<Tool> = {}): Tool =>
  defineTool({ name, description: name, execute, parameters: { type: "object" }, ...settings });

/** An assistant that calls all `tools` in one message, and a user that runs them. */
function calling(tools: readonly Tool[], user: Partial<AgentOptions> = {}): Pair {
  const calls = tools.map(({ name }, index) => ({ id: `c${String(index)}`, function: { name, arguments: "{}" } }));
  const stage = pair([{ tool_calls: calls }, "ok"], user);
  for (const one of tools) registerFunction(one, { caller: stage.bot, executor: stage.user });
  return stage;
}

/** What the model read after the calls, one text each. */
async function answers(
  { user, bot, stream, model }: Pair,
  onEvent: (event: RunEvent) => void = () => undefined,
): Promise<string[]> {
  await user.initiateChat(bot, { message: "m", maxTurns: 2, stream, onEvent });
  const messages = model.requests[1]?.["messages"] as readonly { readonly role: string; readonly content: string }[];
  return messages.filter(({ role }) => role === "tool").map(({ content }) => content);
}

function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

test("TOOL-12, TOOL-22 calls run one after another, in their order", async () => {
  const log: string[] = [];
  const slow = tool("slow", async () => {
    log.push("slow starts");
    await Promise.resolve();
    log.push("slow ends");
    return "first";
  });
  const quick = tool("quick", () => {
    log.push("quick");
    return "second";
  });
  assert.deepEqual(await answers(calling([slow, quick])), ["first", "second"]);
  assert.deepEqual(log, ["slow starts", "slow ends", "quick"]);
});

test("TOOL-22 parallel tools run side by side, and their results keep the order of the calls", async () => {
  const { opened, open } = gate();
  const waits = tool("waits", async () => (await opened, "first"), { parallel: true });
  const opens = tool("opens", () => (open(), "second"), { parallel: true });
  assert.deepEqual(await answers(calling([waits, opens])), ["first", "second"]);
});

test("TOOL-22 parallel is an option of agents too, and a tool that is not parallel stays alone", async () => {
  const running = new Set<string>();
  const together: string[] = [];
  const work = (name: string, settings: Partial<Tool> = {}): Tool =>
    tool(
      name,
      async () => {
        running.add(name);
        for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
        together.push([...running].join("+"));
        running.delete(name);
        return name;
      },
      settings,
    );
  const tools = [work("a"), work("b"), work("alone", { parallel: false }), work("c"), work("d")];
  assert.deepEqual(await answers(calling(tools, { toolExecution: { parallel: true } })), ["a", "b", "alone", "c", "d"]);
  assert.deepEqual(together, ["a+b", "b", "alone", "c+d", "d"]);
});

test("a tool that takes too long is stopped, and the model is told", async () => {
  let signal: AbortSignal | undefined;
  const hangs = tool("hangs", async (_args, context) => ((signal = context.signal), await new Promise(() => undefined)), {
    timeoutMs: 20,
  });
  const after = tool("after", () => "ran");
  assert.deepEqual(await answers(calling([hangs, after])), ["Error: hangs gave no answer within 0.02 s and was stopped.", "ran"]);
  assert.equal(signal?.aborted, true);
});

test("the time limit of an agent holds for tools without their own; what is quicker is not disturbed", async () => {
  const quick = tool("quick", (_args, { signal }) => String(signal.aborted));
  const hangs = tool("hangs", async () => await new Promise(() => undefined));
  const own = tool("own", async () => await Promise.resolve("done"), { timeoutMs: 1e6 });
  const stage = calling([quick, own, hangs], { toolExecution: { timeoutMs: 20 } });
  assert.deepEqual(await answers(stage), ["false", "done", "Error: hangs gave no answer within 0.02 s and was stopped."]);
});

test("TOOL-23 an abort during a tool ends the chat; nothing is told to a model", async () => {
  for (const timeoutMs of [undefined, 1e6]) {
    const controller = new AbortController();
    let signal: AbortSignal | undefined;
    const hangs = tool(
      "hangs",
      async (_args, context) => {
        signal = context.signal;
        controller.abort(new Error("enough"));
        await new Promise(() => undefined);
      },
      timeoutMs === undefined ? {} : { timeoutMs },
    );
    const { user, bot, stream, model } = calling([hangs]);
    const error = await rejection(user.initiateChat(bot, { message: "m", stream, signal: controller.signal }));
    assert.ok(isAutogenError(error, "aborted"));
    assert.equal(chatOfError(error)?.chatHistory.length, 2); // the question and the call
    assert.equal(model.requests.length, 1);
    assert.equal(signal?.aborted, true);
  }
});

test("TOOL-23 an abort of something else inside of a tool is an error of the tool", async () => {
  const inner = tool("inner", () => {
    const signal = AbortSignal.abort(new Error("inner limit"));
    signal.throwIfAborted();
  });
  assert.deepEqual(await answers(calling([inner])), ["Error: inner limit"]);
});

test("progress is told by events, by call or by the values of a generator, whose last one is for the model", async () => {
  const steps = tool("steps", async function* () {
    yield "10 %";
    await Promise.resolve();
    yield { done: 20 };
    yield "result";
  });
  const returns = tool("returns", function* () {
    yield "half";
    return "all";
  });
  const tells = tool("tells", (_args, { progress }) => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    progress(loop);
    return "told";
  });
  const updates: unknown[] = [];
  const found = await answers(calling([steps, returns, tells]), (event) => {
    if (event.type === "tool.progress") updates.push([event.tool, event.callId, event.update]);
  });
  assert.deepEqual(found, ["result", "all", "told"]);
  assert.deepEqual(updates, [
    ["steps", "c0", "10 %"],
    ["steps", "c0", { done: 20 }],
    ["steps", "c0", "result"],
    ["returns", "c1", "half"],
    ["tells", "c2", "the tool threw something that cannot be shown"],
  ]);
});

test("a generator that is over its time is closed, and what it still says is not heard", async () => {
  const { opened, open } = gate();
  const closed = gate();
  const updates: unknown[] = [];
  const slow = tool(
    "slow",
    async function* () {
      try {
        yield 1;
        await opened;
        yield 2;
        yield 3;
      } finally {
        closed.open();
      }
    },
    { timeoutMs: 20 },
  );
  const [answer] = await answers(calling([slow]), (event) => {
    if (event.type === "tool.progress") updates.push(event.update);
  });
  assert.match(answer ?? "", /^Error: slow gave no answer/);
  open();
  await closed.opened;
  assert.deepEqual(updates, [1]);
});

test("a generator that never ends and never waits is stopped by its time limit, and closed", async () => {
  const closed = gate();
  const endless = function* (): Generator<number> {
    try {
      for (;;) yield 1;
    } finally {
      closed.open();
    }
  };
  const [answer] = await answers(calling([tool("endless", endless, { timeoutMs: 20 })]));
  assert.equal(answer, "Error: endless gave no answer within 0.02 s and was stopped.");
  await closed.opened;
});

test("images in a result follow the answers in a message of the user; the answer says where they were", async () => {
  const photo = imagePart(new Uint8Array([1, 2, 3]), "image/jpeg");
  const shows = tool("shows", () => [{ type: "text", text: "Here:" }, photo]);
  const plain = tool("plain", () => "text");
  const { user, bot, stream, model } = calling([shows, plain]);
  const result = await user.initiateChat(bot, { message: "m", maxTurns: 2, stream });

  assert.deepEqual((model.requests[1]?.["messages"] as object[] | undefined)?.slice(3), [
    { role: "tool", content: "Here:\n<image>", tool_call_id: "c0" },
    { role: "tool", content: "text", tool_call_id: "c1" },
    {
      role: "user",
      content: [
        { type: "text", text: "Images in the answer to the call c0:" },
        { type: "image_url", image_url: { url: "data:image/jpeg;base64,AQID" } },
      ],
    },
  ]);
  const saved = JSON.parse(JSON.stringify(user.saveState())) as unknown;
  user.loadState(saved, { peers: [bot] });
  assert.deepEqual(user.chatMessages.get(bot), result.chatHistory); // images included
});

test("a result that is too long loses its middle, and no half characters come of it", async () => {
  const long = tool("long", () => `start${"😀".repeat(1000)}end!`, { maxOutputChars: 100 });
  const [answer = ""] = await answers(calling([long]));
  assert.match(answer, /^start(?:😀)+\n… \d+ of 2009 characters left out …\n(?:😀)+end!$/u);
  assert.doesNotThrow(() => encodeURIComponent(answer)); // which refuses halves of characters
});

test("TOOL-13 maps, sets and errors in a result are told with what they hold", async () => {
  const prices = new Map<unknown, unknown>([["tea", { colours: new Set(["green", "black"]) }]]);
  const tools = [
    tool("named", () => prices),
    tool("keyed", () => [new Map([[1, "one"]])]),
    tool("failure", () => ({ why: new RangeError("too hot") })),
    tool("date", () => new Date(0)),
    tool("typed", () => new Float64Array([0.5, 2])),
  ];
  assert.deepEqual(await answers(calling(tools)), [
    '{"tea":{"colours":["green","black"]}}',
    '[[[1,"one"]]]',
    '{"why":{"name":"RangeError","message":"too hot"}}',
    '"1970-01-01T00:00:00.000Z"',
    "[0.5,2]",
  ]);
});

test("TOOL-10, TOOL-13 what cannot be written as JSON is an error for the model, and so is whatever a tool throws", async () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const throws = (what: unknown) => (): never => {
    throw what;
  };
  const tools = [
    tool("cyclic", () => cycle),
    tool("big", () => 10n),
    tool("bytes", () => Buffer.alloc(50_000_000)),
    tool("bytes_inside", () => ({ files: [{ data: new Uint8Array(3) }] })),
    tool("error", throws(new TypeError("out of ink"))),
    tool("wordless", throws(new AggregateError([]))),
    tool("text", throws("just text")),
    tool("nothing", throws(undefined)),
    tool("nasty", throws(cycle)),
    tool("odd", throws(Object.assign(new Error("x"), { message: 10n }))),
  ];
  assert.deepEqual(await answers(calling(tools)), [
    "Error: the result of the tool cannot be written as JSON: Converting circular structure to JSON",
    "Error: the result of the tool cannot be written as JSON: Do not know how to serialize a BigInt",
    "Error: the result of the tool cannot be written as JSON: it holds 50000000 bytes of binary data. Give a text, or an image by `imagePart`",
    "Error: the result of the tool cannot be written as JSON: it holds 3 bytes of binary data. Give a text, or an image by `imagePart`",
    "Error: out of ink",
    "Error: AggregateError",
    "Error: just text",
    "Error: null",
    "Error: the tool threw something that cannot be shown",
    "Error: the tool threw something that cannot be shown",
  ]);
});

test("`onError` chooses the words for the model, or ends the chat (D11-9)", async () => {
  const fails = tool("fails", () => {
    throw new Error("secret path");
  });
  const words = calling([fails], { toolExecution: { onError: (_error, { tool: name }) => `${name} is out of order` } });
  assert.deepEqual(await answers(words), ["fails is out of order"]);
  const silent = calling([fails], { toolExecution: { onError: () => undefined } });
  assert.deepEqual(await answers(silent), ["Error: secret path"]);
  const strict = calling([fails], {
    toolExecution: {
      onError: (error) => {
        throw error;
      },
    },
  });
  const { user, bot, stream } = strict;
  assert.match(String(await rejection(user.initiateChat(bot, { message: "m", stream }))), /secret path/);
});

test("`executeFunction` runs one call with all checks, and is the place to change how calls are run", async () => {
  const add = defineTool({
    name: "add",
    description: "Adds",
    parameters: { type: "object", properties: { a: { type: "number" }, b: { type: "number" } }, required: ["a", "b"] },
    execute: ({ a, b }) => a + b,
  });
  const agent = new ConversableAgent({ name: "agent" });
  agent.registerForExecution(add);
  const [ok, message] = await agent.executeFunction({ name: "add", arguments: '{"a": 1, "b": 2}' });
  assert.deepEqual([ok, message], [true, { name: "add", role: "function", content: "3" }]);
  const [bad, { content }] = await agent.executeFunction({ name: "add", arguments: "{}" });
  assert.equal(bad, false);
  assert.match(content, /^Error: the arguments do not fit/);
  assert.deepEqual(await agent.executeFunction({}), [
    false,
    { name: "", role: "function", content: "Error: Function  not found." },
  ]);

  class Logging extends ConversableAgent {
    readonly log: unknown[] = [];
    override async executeFunction(
      ...args: Parameters<ConversableAgent["executeFunction"]>
    ): ReturnType<ConversableAgent["executeFunction"]> {
      const result = await super.executeFunction(...args);
      this.log.push([args[0].name, args[1]?.callId, result[0]]);
      return result;
    }
  }
  const { bot, stream } = pair([{ tool_calls: [{ id: "x", function: { name: "add", arguments: '{"a":1,"b":2}' } }] }, "ok"]);
  const logging = new Logging({ name: "logging", humanInputMode: "NEVER" });
  registerFunction(add, { caller: bot, executor: logging });
  const result = await logging.initiateChat(bot, { message: "m", maxTurns: 2, stream });
  assert.deepEqual(texts(result.chatHistory), ["m", "", "3", "ok"]);
  assert.deepEqual(logging.log, [["add", "x", true]]);
});
