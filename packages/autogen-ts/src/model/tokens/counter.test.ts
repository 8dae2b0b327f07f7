import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as fc from "fast-check";
import { test } from "vitest";
import { countToken, getMaxTokenLimit, numTokensFromFunctions, tokenCounter, type Tokenizer } from "./index.js";

test("XFRM-13 the reference's figures", async () => {
  const add = {
    name: "add",
    description: "Adds two integers",
    parameters: {
      properties: { a: { type: "integer", description: "first" }, mode: { type: "string", enum: ["fast", "exact"] } },
    },
  };
  const ping = { name: "ping", description: "Checks the service", parameters: { properties: {} } };
  const call = { id: "c1", type: "function", function: { name: "add", arguments: '{"a":1}' } };
  assert.deepEqual(
    [
      await countToken("agents talk; tools run"),
      await countToken([{ role: "user", content: "hi" }]),
      await countToken([{ role: "user", content: "hi", name: "bob" }]),
      await countToken([
        { role: "system", content: "Be brief." },
        { role: "user", content: "What is the capital of France?" },
      ]),
      await countToken([{ role: "assistant", content: null, tool_calls: [call] }]),
      await numTokensFromFunctions([add]),
      await numTokensFromFunctions([ping]),
      await numTokensFromFunctions([add, ping]),
      await getMaxTokenLimit("gpt-35-turbo-16k"),
    ],
    [5, 8, 10, 21, 40, 41, 23, 52, 16385],
  );
});

test("XFRM-13 an unknown model is counted as another one, with one warning", async () => {
  const codes: string[] = [];
  const counter = await tokenCounter("unheard-of", { run: { warn: (code) => void codes.push(code) } });
  assert.deepEqual([counter.text("hi"), counter.estimated, codes], [1, true, ["unknown-tokenizer"]]);
});

/** Counts words, and how often it is asked. */
function asked(): { readonly tokenizer: Tokenizer; readonly times: () => number } {
  let times = 0;
  return {
    times: () => times,
    tokenizer: {
      countTokens: (text) => {
        times += 1;
        return text.split(" ").length;
      },
    },
  };
}

test("stored messages are counted once, others by their texts, and those that may change anew", async () => {
  const { tokenizer, times } = asked();
  const counter = await tokenCounter("gpt-4", { tokenizer: () => tokenizer });
  const stored = Object.freeze({ role: "user", content: "one two" });
  assert.deepEqual([counter.message(stored), counter.message(stored), times()], [6, 6, 2]);
  const open = { role: "user", content: "one two" };
  assert.deepEqual([counter.message(open), times()], [6, 2]);
  open.content = "one two three";
  assert.deepEqual([counter.message(open), times()], [7, 3]);
  assert.equal(counter.messages([stored, open]), 3 + 6 + 7);
});

test("texts are cut where a token ends, and never within a character", async () => {
  const counter = await tokenCounter("gpt-4");
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((tokens) => counter.start("message number 7", tokens)),
    ["message", "message number", "message number ", "message number 7", "message number 7"],
  );
  assert.deepEqual(
    [0, 1, 2].map((tokens) => counter.end("message number 7", tokens)),
    ["", "7", " 7"],
  );
  assert.equal(counter.start("敏捷的棕色狐狸", 1).length <= 1, true);
});

const models = ["gpt-4", "gpt-4o"] as const;
const pieces = fc.array(
  fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.constantFrom("word ", "😀", "敏捷", "a".repeat(900), "   \n", "<|endoftext|>", "\uD800"),
  ),
  { maxLength: 60 },
);

test("a beginning or an end has no more tokens than asked for, but for those that a cut makes, and is part of the text", async () => {
  const counters = await Promise.all(models.map((model) => tokenCounter(model)));
  fc.assert(
    fc.property(pieces, fc.nat({ max: 400 }), fc.constantFrom(...counters), (parts, tokens, counter) => {
      const text = parts.join("");
      const [start, end] = [counter.start(text, tokens), counter.end(text, tokens)];
      assert.ok(text.startsWith(start) && text.endsWith(end));
      if (counter.text(text) <= tokens) assert.deepEqual([start, end], [text, text]);
      assert.ok(counter.text(start) <= tokens + 2 && counter.text(end) <= tokens, JSON.stringify([start, end]));
    }),
    { seed: 7, numRuns: 500 },
  );
});

test("a tokenizer that only counts cuts by counting", async () => {
  const counter = await tokenCounter("gpt-4", { tokenizer: () => ({ countTokens: (text) => text.length }) });
  assert.deepEqual([counter.start("abcdef", 2), counter.end("abcdef", 2), counter.start("abc", 9)], ["ab", "ef", "abc"]);
  assert.equal(counter.start("a😀", 2), "a");
  assert.equal(counter.end("😀a", 2), "a");
});

test("XFRM-14 vocabularies are there without a network", async () => {
  const program = `
    const net = await import("node:net");
    net.Socket.prototype.connect = () => { throw new Error("no network here"); };
    const { countToken } = await import("autogen-ts");
    console.log(await countToken("agents talk; tools run", "gpt-4"), await countToken("agents talk; tools run", "gpt-4o"));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program]);
  assert.equal(stdout, "5 5\n");
});
