/** D10-18: `signal` reaches all that a chat waits for, and nothing is written after the abort. */
import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { test } from "vitest";
import {
  chatOfError,
  initiateChats,
  isAutogenError,
  LocalCommandLineCodeExecutor,
  type AgentOptions,
  type ChatOptions,
  type ConversableAgent,
  type RunEvent,
} from "../index.js";
import type { IOStream } from "../core.js";
import { hasComponents } from "../../test/components.js";
import { inFolder, isRunning } from "../../test/executors.js";
import { modelServer } from "../../test/model-server.js";
import { pair, rejection, texts } from "../../test/pairs.js";

const CALL = { content: null, tool_calls: [{ id: "1", function: { name: "work", arguments: "{}" } }] } as const;

interface Place {
  readonly user: ConversableAgent;
  readonly bot: ConversableAgent;
}

interface Expected {
  readonly options?: ChatOptions;
  /** Texts of the history, on both sides. */
  readonly said: readonly string[];
  /** Lets go whatever ignored the signal. */
  readonly release?: () => void;
}

/** Starts a chat that is aborted somewhere on its way, and checks what must hold then and later. */
async function expectAborted(
  { user, bot }: Place,
  signal: AbortSignal,
  { options, said, release }: Expected,
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", onUnhandled);
  try {
    const onEvent = (event: RunEvent): void => {
      options?.onEvent?.(event);
      events.push(event);
    };
    const error = await rejection(
      user.initiateChat(bot, { message: "go", stream: pair([]).stream, ...options, signal, onEvent }),
    );
    const check = (): void => {
      assert.deepEqual(texts(user.historyWith(bot)), said);
      assert.deepEqual(texts(bot.historyWith(user)), said);
    };
    assert.ok(isAutogenError(error, "aborted"), String(error));
    assert.equal(chatOfError(error)?.stopReason, "aborted");
    check();
    assert.equal(events.at(-1)?.type, "chat.end");
    const before = events.length;
    release?.();
    await wait(20); // whatever is left over may come now, and must not be heard of
    check();
    assert.equal(events.length, before);
    assert.deepEqual(unhandled, []);
    return events;
  } finally {
    process.off("unhandledRejection", onUnhandled);
  }
}

test("aborted before the start: nothing is said, and what was said before stays", async () => {
  const agents = pair(["never"]);
  await agents.user.send("before", agents.bot, false, true);

  await expectAborted(agents, AbortSignal.abort(), { said: ["before"] });
  assert.equal(agents.model.requests.length, 0);
});

test("aborted while a model answers over HTTP", async () => {
  const stopping = new AbortController();
  await using server = await modelServer({ x: [{ content: "late", delay_ms: 10 }] });
  const agents = pair([], {}, { llmConfig: httpModel(server.base("x")) });
  const onEvent = (event: RunEvent): void => {
    if (event.type === "llm.start") void arrived(() => server.requests.length > 0).then(() => stopping.abort());
  };

  await expectAborted(agents, stopping.signal, { options: { onEvent }, said: ["go"] });
  assert.equal(server.requests.length, 1);
});

test("aborted in the middle of a streamed answer", async () => {
  const stopping = new AbortController();
  await using server = await modelServer({ x: [{ stream: [{ role: "assistant", content: "half an " }], end: "stall" }] });
  const agents = pair([], {}, { llmConfig: { ...httpModel(server.base("x")), stream: true } });
  const onEvent = (event: RunEvent): void => {
    if (event.type === "llm.delta") stopping.abort();
  };

  const events = await expectAborted(agents, stopping.signal, { options: { onEvent }, said: ["go"] });
  assert.deepEqual(
    events.map(({ type }) => type),
    ["chat.start", "message.received", "llm.start", "llm.delta", "chat.end"],
  );
});

test("aborted while a tool works that listens to the signal", async () => {
  const stopping = new AbortController();
  let heard = false;
  const work = async (_args: never, { signal }: { readonly signal: AbortSignal }): Promise<never> =>
    await new Promise((_, reject) => {
      signal.addEventListener("abort", () => {
        heard = true;
        reject(new Error("stopped"));
      });
      setImmediate(() => stopping.abort());
    });
  const agents = pair([CALL, "never"], { functionMap: { work } });

  await expectAborted(agents, stopping.signal, { said: ["go", ""] });
  assert.ok(heard);
  assert.equal(agents.model.requests.length, 1);
});

test("aborted while a tool works that ignores the signal: it is not waited for, and later calls are not made", async () => {
  const stopping = new AbortController();
  let finish: (text: string) => void = () => undefined;
  const done: string[] = [];
  const functionMap = {
    work: async () => {
      setImmediate(() => stopping.abort());
      return await new Promise<string>((resolve) => (finish = resolve));
    },
    next: () => done.push("next"),
  };
  const [call] = CALL.tool_calls;
  const calls = [call, { id: "2", function: { name: "next", arguments: "{}" } }];
  const agents = pair([{ content: null, tool_calls: calls }, "never"], { functionMap });

  await expectAborted(agents, stopping.signal, { said: ["go", ""], release: () => finish("late") });
  assert.deepEqual(done, []);
});

test("a tool cannot turn the abort into an answer", async () => {
  const stopping = new AbortController();
  const work = (): string => {
    stopping.abort();
    return "all is well";
  };
  await expectAborted(pair([CALL, "never"], { functionMap: { work } }), stopping.signal, { said: ["go", ""] });
});

test.runIf(hasComponents("bash"))("aborted while code runs: the program and what it started are gone", async () => {
  await inFolder(async (_folder, workDir) => {
    const stopping = new AbortController();
    const marker = `61.${String(process.pid)}${String(Date.now())}`;
    // A child is there before it has become `sleep`: the script waits for that where it can see it.
    const waiting = `while [ -d /proc/$! ] && ! grep -q ${marker} /proc/$!/cmdline; do :; done`;
    const code = `\`\`\`bash\nsleep ${marker} &\n${waiting}\necho started\nsleep ${marker}\n\`\`\``;
    const executor = new LocalCommandLineCodeExecutor({ workDir });
    const agents = pair([code, "never"], { codeExecutionConfig: { executor } });
    let wasRunning = false;
    const onEvent = (event: RunEvent): void => {
      if (event.type !== "code.output") return;
      wasRunning = isRunning(marker);
      stopping.abort();
    };

    await expectAborted(agents, stopping.signal, { options: { onEvent }, said: ["go", code] });
    assert.equal(wasRunning, process.platform === "linux");
    assert.equal(isRunning(marker), false);
  });
});

test("aborted at a question to a human: a line that comes later is not recorded", async () => {
  const stopping = new AbortController();
  let type: (line: string) => void = () => undefined;
  const stream: IOStream = {
    print: () => undefined,
    input: async () => {
      setImmediate(() => stopping.abort());
      return await new Promise<string>((resolve) => (type = resolve));
    },
  };
  const agents = pair(["What is your name?", "never"], { humanInputMode: "ALWAYS" });

  await expectAborted(agents, stopping.signal, {
    options: { stream },
    said: ["go", "What is your name?"],
    release: () => type("late"),
  });
  assert.deepEqual(agents.user.humanInputs, []);
});

test("aborted at the question for the first message", async () => {
  const stopping = new AbortController();
  const stream: IOStream = {
    print: () => undefined,
    input: async () => {
      setImmediate(() => stopping.abort());
      return await new Promise<never>(() => undefined);
    },
  };
  await expectAborted(pair(["never"]), stopping.signal, { options: { stream, message: null }, said: [] });
});

for (const [title, after] of [
  ["that passes its error on", undefined],
  ["that hides its error", () => "all is well"],
] as const) {
  test(`aborted in a nested chat of a tool ${title}`, async () => {
    const stopping = new AbortController();
    let answer: (text: string) => void = () => undefined;
    const inner = pair([
      async () => {
        setImmediate(() => stopping.abort());
        return await new Promise<string>((resolve) => (answer = resolve));
      },
    ]);
    const work: Tool = async (_args, { run }) => {
      const chat = inner.user.initiateChat(inner.bot, { message: "inner", run });
      return after === undefined ? (await chat).summary : await chat.catch(after);
    };
    const agents = pair([CALL, "never"], { functionMap: { work } });

    const events = await expectAborted(agents, stopping.signal, { said: ["go", ""], release: () => answer("late") });
    assert.deepEqual(texts(inner.user.historyWith(inner.bot)), ["inner"]);
    assert.deepEqual(texts(inner.bot.historyWith(inner.user)), ["inner"]);
    const ends = events.filter((event) => event.type === "chat.end");
    assert.deepEqual(
      ends.map(({ stopReason }) => stopReason),
      ["aborted", "aborted"],
    );
  });
}

test("aborted in a nested chat of a tool that notices it late: its end comes before that of the outer chat, and once", async () => {
  const stopping = new AbortController();
  const inner = pair([]);
  let goOn: () => void = () => undefined;
  inner.bot.registerReply(
    () => true,
    async () => {
      setImmediate(() => stopping.abort());
      await new Promise<void>((resolve) => (goOn = resolve));
      return [true, "late"];
    },
  );
  const work: Tool = async (_args, { run }) => (await inner.user.initiateChat(inner.bot, { message: "inner", run })).summary;
  const agents = pair([CALL, "never"], { functionMap: { work } });

  const events = await expectAborted(agents, stopping.signal, { said: ["go", ""], release: () => goOn() });
  assert.deepEqual(
    events.flatMap((event) => (event.type === "chat.end" ? [[event.path, event.stopReason]] : [])),
    [
      ["run/chat-0/chat-0", "aborted"],
      ["run/chat-0", "aborted"],
    ],
  );
  assert.deepEqual(texts(inner.user.historyWith(inner.bot)), ["inner"]);
});

test("aborted in several chats of a tool that notice it late: their ends come before that of the outer chat, and once", async () => {
  const stopping = new AbortController();
  const inner = [pair([]), pair([]), pair(["quick"])];
  const goOn: (() => void)[] = [];
  for (const { bot } of inner.slice(0, 2)) {
    bot.registerReply(
      () => true,
      async () => {
        if (goOn.length === 1) setImmediate(() => stopping.abort());
        await new Promise<void>((resolve) => goOn.push(resolve));
        return [true, "late"];
      },
    );
  }
  const queue = inner.map(({ user, bot }, chatId) => ({ chatId, sender: user, recipient: bot, message: "inner", maxTurns: 1 }));
  const work: Tool = async (_args, { run }) => JSON.stringify((await initiateChats(queue, { run })).size);
  const agents = pair([CALL, "never"], { functionMap: { work } });

  const events = await expectAborted(agents, stopping.signal, {
    said: ["go", ""],
    release: () => goOn.forEach((go) => go()),
  });
  const ends = events.flatMap((event): readonly unknown[] => {
    if (event.type === "chat.end") return [event.stopReason];
    return event.type === "chats.end" ? [[event.finished, event.failed]] : [];
  });
  assert.deepEqual(ends, ["max-turns", "aborted", "aborted", [1, 2], "aborted"]);
});

test("aborted while a hook looks at a message: the message is not stored", async () => {
  const stopping = new AbortController();
  const agents = pair(["never stored"]);
  agents.bot.registerHook("processMessageBeforeSend", async ({ message }) => {
    stopping.abort();
    return await Promise.resolve(message);
  });
  await expectAborted(agents, stopping.signal, { said: ["go"] });
});

test("aborted while a stop condition thinks", async () => {
  const stopping = new AbortController();
  const stopWhen = async (): Promise<boolean> => {
    stopping.abort();
    return await Promise.resolve(false);
  };
  await expectAborted(pair(["never stored"]), stopping.signal, { options: { stopWhen }, said: ["go"] });
});

test("aborted while the summary is made", async () => {
  const stopping = new AbortController();
  const summaryMethod = async (): Promise<string> => {
    stopping.abort();
    return await Promise.resolve("too late");
  };
  await expectAborted(pair(["fine"]), stopping.signal, { options: { summaryMethod, maxTurns: 1 }, said: ["go", "fine"] });
});

test("an abort after the end changes nothing", async () => {
  const stopping = new AbortController();
  const { user, bot, stream } = pair(["fine"]);
  const result = await user.initiateChat(bot, { message: "go", maxTurns: 1, signal: stopping.signal, stream });
  stopping.abort();
  assert.equal(result.stopReason, "max-turns");
  assert.deepEqual(texts(user.historyWith(bot)), ["go", "fine"]);
});

type Tool = NonNullable<ConversableAgent["functionMap"]> extends ReadonlyMap<string, infer F> ? F : never;

const httpModel = (base_url: string): Extract<AgentOptions["llmConfig"], object> => ({
  config_list: [{ model: "gpt-4", base_url, api_key: "test-key", max_retries: 0 }],
  cache_seed: null,
});

async function arrived(isThere: () => boolean): Promise<void> {
  while (!isThere()) await new Promise((resolve) => setImmediate(resolve));
}
