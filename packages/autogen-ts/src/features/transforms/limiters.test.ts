import assert from "node:assert/strict";
import { test } from "vitest";
import { contentText, type Message } from "../../core.js";
import { answering, calling, contents, user, watchedRun, words } from "../../../test/transforms/stage.js";
import { MessageHistoryLimiter, MessageTokenLimiter, ToolResultLimiter, type TokenLimiterOptions } from "./index.js";

const U1 = user("u1");
const A2 = calling();
const T3 = answering("t3");
const T3B: Message = { role: "tool", content: "t3b", tool_call_id: "c" };
const U4 = user("u4");
const U5 = user("u5");

for (const [history, maxMessages, keepFirstMessage, expected] of [
  [[U1, A2, T3, U4, U5], 1, false, [U5]],
  [[U1, A2, T3, U4, U5], 2, false, [U4, U5]],
  [[U1, A2, T3, U4, U5], 3, false, [U4, U5]],
  [[U1, A2, T3, U4, U5], 4, false, [A2, T3, U4, U5]],
  [[U1, A2, T3, U4, U5], 5, false, [U1, A2, T3, U4, U5]],
  [[U1, A2, T3, U4, U5], null, false, [U1, A2, T3, U4, U5]],
  [[U1, A2, T3, U4, U5], 1, true, [U1]],
  [[U1, A2, T3, U4, U5], 2, true, [U1, U5]],
  [[U1, A2, T3, U4, U5], 4, true, [U1, U4, U5]],
  [[U1, A2, T3, T3B, U5], 3, false, [U5]],
  [[U1, A2, T3, T3B, U5], 4, true, [U1, U5]],
  // The newest message answers a call: the call stays beyond the limit.
  [[U1, A2, T3], 1, false, [A2, T3]],
  // The first message makes a call: its answer stays with it.
  [[A2, T3, U4, U5], 2, true, [A2, T3]],
  [[{ role: "system", content: "S" }, U1, U4, U5], 1, false, [{ role: "system", content: "S" }, U5]],
  [[], 2, false, []],
] as const) {
  const title = history.map(({ content }) => contentText(content)).join(" ");
  test(`XFRM-04 the newest ${String(maxMessages)} of "${title}"${keepFirstMessage ? " and the first" : ""}`, () => {
    const limiter = new MessageHistoryLimiter({ maxMessages, keepFirstMessage });
    assert.deepEqual(limiter.applyTransform(history), expected);
  });
}

test("XFRM-04 limits below 1 and what is no number are refused, naming the option", () => {
  for (const maxMessages of [0, -1, 1.5, Number.NaN, "3"]) {
    assert.throws(() => new MessageHistoryLimiter({ maxMessages: maxMessages as number }), {
      code: "invalid-option",
      message: /`maxMessages`/,
    });
  }
});

test("XFRM-04 the log", () => {
  const limiter = new MessageHistoryLimiter({ maxMessages: 2 });
  assert.deepEqual(limiter.getLogs([U1, U4, U5], [U4, U5]), [
    "Removed 1 messages. Number of messages reduced from 3 to 2.",
    true,
  ]);
  assert.deepEqual(limiter.getLogs([U1], [U1]), ["No messages were removed.", false]);
});

const image = { type: "image_url", image_url: { url: "u" } } as const;
const LONG: readonly Message[] = [
  user("a1 a2 a3 a4 a5 a6"),
  user("b1 b2 b3"),
  { role: "user", content: [{ type: "text", text: "c1 c2 c3 c4" }, image] },
  user("d1 d2 d3"),
];

const limited = async (options: TokenLimiterOptions, messages: readonly Message[] = LONG): Promise<readonly Message[]> =>
  await new MessageTokenLimiter({ tokenizer: words, ...options }).applyTransform(messages);

test("XFRM-05 two tokens a message: all four are cut", async () => {
  assert.deepEqual(contents(await limited({ maxTokensPerMessage: 2 })), [
    "a1 a2 ",
    "b1 b2 ",
    [{ type: "text", text: "c1 c2 " }, image],
    "d1 d2 ",
  ]);
});

test("XFRM-05 eight in all and three a message: the last three remain, the oldest of them with its share", async () => {
  const limiter = new MessageTokenLimiter({ maxTokens: 8, maxTokensPerMessage: 3, tokenizer: words });
  const after = await limiter.applyTransform(LONG);
  assert.deepEqual(contents(after), ["b1 b2 ", [{ type: "text", text: "c1 c2 c3 " }, image], "d1 d2 d3"]);
  assert.deepEqual(await limiter.getLogs(LONG, after), [
    "Truncated 8 tokens. Number of tokens reduced from 16 to 8",
    true,
    { tokens: { before: 16, after: 8 } },
  ]);
  assert.deepEqual(await limiter.getLogs(LONG, LONG), ["No tokens were truncated.", false]);
});

test("XFRM-06 a total limit alone is shared by the newest messages (D14-4)", async () => {
  assert.deepEqual(contents(await limited({ maxTokens: 8 })), [
    "b1 ",
    [{ type: "text", text: "c1 c2 c3 c4" }, image],
    "d1 d2 d3",
  ]);
  assert.deepEqual(contents(await limited({ maxTokens: 7 })), [[{ type: "text", text: "c1 c2 c3 c4" }, image], "d1 d2 d3"]);
  assert.deepEqual(contents(await limited({ maxTokens: 0 })), [""]);
  assert.equal(await limited({}), LONG);
});

test("XFRM-06 nothing is done below `minTokens`; tokens held back are not used", async () => {
  assert.equal(await limited({ maxTokens: 20, maxTokensPerMessage: 1, minTokens: 17 }), LONG);
  assert.equal((await limited({ maxTokens: 20, maxTokensPerMessage: 1, minTokens: 16 })).length, 4);
  assert.deepEqual(contents(await limited({ maxTokens: 10, reservedTokens: 7 })), ["d1 d2 d3"]);
});

test("XFRM-06 filters: what matches is left alone, or is all that is cut", async () => {
  const messages = [user("a1 a2", "ann"), user("b1 b2", "bob"), user("c1 c2")];
  const options = { maxTokensPerMessage: 1, filterDict: { name: ["ann", "bob"] } };
  assert.deepEqual(contents(await limited(options, messages)), ["a1 a2", "b1 b2", "c1 "]);
  assert.deepEqual(contents(await limited({ ...options, excludeFilter: false }, messages)), ["a1 ", "b1 ", "c1 c2"]);
  const nameless = { maxTokensPerMessage: 1, filterDict: { role: "user", name: null } };
  assert.deepEqual(contents(await limited(nameless, messages)), ["a1 ", "b1 ", "c1 c2"]);
});

for (const [options, option] of [
  [{ maxTokens: -1 }, "maxTokens"],
  [{ maxTokensPerMessage: -5 }, "maxTokensPerMessage"],
  [{ minTokens: -1 }, "minTokens"],
  [{ maxTokens: 5, minTokens: 6 }, "minTokens"],
  [{ maxTokens: Number.NaN }, "maxTokens"],
  [{ reservedTokens: -1 }, "reservedTokens"],
] as const) {
  test(`XFRM-07 refused: ${JSON.stringify(options)}`, () => {
    assert.throws(() => new MessageTokenLimiter(options), { code: "invalid-option", message: new RegExp(`\`${option}\``) });
  });
}

test("XFRM-07 a limit above the model's window is capped, with one notice", async () => {
  const { run, events } = watchedRun();
  const limiter = new MessageTokenLimiter({ maxTokens: 9000, model: "gpt-4", tokenizer: words });
  const messages = [user("a ".repeat(9000)), user("b ".repeat(8190))];
  for (let turn = 0; turn < 2; turn += 1) {
    const after = await limiter.applyTransform(messages, { run });
    assert.equal(contents(after)[0], "a a ");
  }
  assert.deepEqual(
    events.map((event) => (event.type === "warning" ? [event.code, /9000.*8192/.test(event.text)] : event.type)),
    [["token-limit-capped", true]],
  );
});

test("XFRM-07 an unknown model: a notice, no cap, and the limit is kept all the same", async () => {
  const { run, warnings } = watchedRun();
  const limiter = new MessageTokenLimiter({ maxTokens: 2, model: "unheard-of", tokenizer: words });
  assert.deepEqual(contents(await limiter.applyTransform(LONG, { run })), ["d1 d2 "]);
  assert.ok(warnings().includes("unknown-window"));
});

test("XFRM-08 the newest message answers a call: both stay, whatever the limit", async () => {
  const after = await limited({ maxTokens: 1 }, [user("a b"), calling(), answering("one two three")]);
  assert.deepEqual(contents(after), [null, "one "]);
});

test("XFRM-11 results of tools are limited where they are sent from", async () => {
  const result = Array.from({ length: 30 }, (_, index) => `w${String(index)}`).join(" ");
  const messages = [user("q"), calling(), answering(result)];
  const [, , cut] = await limited({ maxTokensPerMessage: 5 }, messages);
  assert.deepEqual(cut, {
    role: "tool",
    content: "w0 w1 w2 w3 w4 ",
    tool_responses: [{ role: "tool", content: "w0 w1 w2 w3 w4 ", tool_call_id: "c" }],
  });
  const [, , whole] = await limited({ maxTokensPerMessage: 5, toolResponses: false }, messages);
  assert.deepEqual(whole, { ...answering(result), content: "w0 w1 w2 w3 w4 " });
});

test("XFRM-11 long results of tools lose their middle, with a word about it; other messages stay", async () => {
  const result = Array.from({ length: 100 }, (_, index) => `w${String(index)}`).join(" ");
  const limiter = new ToolResultLimiter({ maxTokens: 32, tokenizer: words });
  const before = [user(result), calling(), answering(result)];

  const after = await limiter.applyTransform(before);

  assert.deepEqual(after.slice(0, 2), before.slice(0, 2));
  const text = contentText(after[2]?.content);
  assert.match(text, /^w0 w1 .*w11 \n\[… 80 tokens left out …\]\n ?w92 .* w99$/s);
  assert.deepEqual(after[2], answering(text));
  assert.equal((await limiter.getLogs(before, after))[1], true);
  assert.equal((await limiter.applyTransform([user(result)])).length, 1);
  assert.throws(() => new ToolResultLimiter({ maxTokens: 0 }), { code: "invalid-option" });
});

test("D14-9 the window of the agent's model, less its system message, its tools and the answer", async () => {
  const agent = {
    systemMessage: "s ".repeat(1000),
    toolOptions: { tools: [{ type: "function", function: { name: "t", description: "d ".repeat(2000) } }] },
    llmConfig: { config_list: [{ model: "gpt-4" }] },
  };
  const limiter = new MessageTokenLimiter({ maxTokens: "window", tokenizer: words });
  const messages = Array.from({ length: 100 }, (_, index) => user(`m${String(index)} `.repeat(100)));

  const after = await limiter.applyTransform(messages, { agent: agent as never });

  const tokens = after.reduce((sum, { content }) => sum + contentText(content).split(" ").length - 1 + 4, 3);
  const room = 8192 - 1024 - 1000 - 2000;
  assert.ok(tokens <= room && tokens > room - 250, `${String(tokens)} of about ${String(room)}`);
  assert.equal(after.at(-1), messages.at(-1));
});
