import assert from "node:assert/strict";
import { describe, test } from "vitest";
import type { RunEvent } from "../run/index.js";
import { rejection } from "../../test/pairs.js";
import {
  callbackStream,
  memoryStream,
  nullStream,
  printedText,
  questionStream,
  teeStream,
  type PendingQuestion,
} from "./index.js";

const warning: RunEvent = { type: "warning", code: "x", text: "careful", seq: 0, path: "run", silent: false };
const codeOf = async (promise: Promise<unknown>): Promise<unknown> => ((await rejection(promise)) as { code?: unknown }).code;

for (const [objects, options, expected] of [
  ["text", undefined, "text\n"],
  [["a", 1, null, true], undefined, "a 1 null true\n"],
  [["a", "b"], { sep: "" }, "ab\n"],
  [["a", "b"], { sep: ", ", end: "!" }, "a, b!"],
  [["a"], { end: "", flush: true }, "a"],
  [[], undefined, "\n"],
  [[{ a: [1] }], undefined, '{"a":[1]}\n'],
] as const) {
  test(`IO-05 print ${JSON.stringify([objects, options])} writes ${JSON.stringify(expected)}`, () => {
    assert.equal(printedText(objects, options), expected);
    const stream = memoryStream();
    stream.print(objects, options);
    assert.equal(stream.text, expected);
  });
}

test("a null stream drops text and refuses questions", async () => {
  const stream = nullStream();
  stream.print("gone");
  assert.equal(await codeOf(stream.input("Who?")), "input-closed");
});

test("a tee prints, warns and hands on events everywhere, and asks the first", async () => {
  const seen: RunEvent[] = [];
  const [first, second] = [memoryStream(["yes"]), memoryStream(["no"])];
  const tee = teeStream(first, second, { print: () => undefined, event: (event) => seen.push(event), supportsColor: true });
  tee.print(["a", "b"], { sep: "-" });
  tee.warn?.("careful");
  tee.event?.(warning);
  assert.equal(await tee.input("? "), "yes");
  assert.deepEqual(
    [first.text, second.text, second.prompts, first.warnings, second.warnings],
    ["a-b\n", "a-b\n", [], ["careful"], ["careful"]],
  );
  assert.deepEqual(seen, [warning]);
  assert.equal(tee.supportsColor, false);
});

describe("a callback stream", () => {
  test("asks a function and gives it the printed text", async () => {
    const printed: string[] = [];
    const stream = callbackStream({
      input: (prompt, { agent }) => `${prompt}${String(agent)}`,
      print: (text) => printed.push(text),
    });
    stream.print(["a", "b"]);
    assert.equal(await stream.input("I am ", { agent: "user" }), "I am user");
    assert.deepEqual(printed, ["a b\n"]);
  });

  test("null is the end of the input; an error of the function is passed on", async () => {
    assert.equal(await codeOf(callbackStream({ input: () => null }).input("?")), "input-closed");
    const failure = new Error("no");
    const failing = callbackStream({ input: () => Promise.reject(failure) });
    assert.equal(await rejection(failing.input()), failure);
  });

  test("an abort does not wait for the function, before it is not even called", async () => {
    const stop = new AbortController();
    let calls = 0;
    const stream = callbackStream({
      input: () => {
        calls += 1;
        return new Promise<string>(() => undefined);
      },
    });
    const asked = stream.input("?", { signal: stop.signal });
    stop.abort();
    assert.equal(await codeOf(asked), "aborted");
    assert.equal(await codeOf(stream.input("?", { signal: stop.signal })), "aborted");
    assert.equal(calls, 1);
  });
});

describe("a question stream", () => {
  test("questions wait until they are answered, each by its own id", async () => {
    const asked: PendingQuestion[] = [];
    const settled: string[] = [];
    const stream = questionStream({
      onQuestion: (question) => asked.push(question),
      onSettled: ({ id }, answered) => settled.push(`${id} ${String(answered)}`),
    });
    const answers = [stream.input("1? "), stream.input("2? ", { password: true, agent: "user" })];
    assert.deepEqual(
      stream.pending.map(({ id, prompt, agent, password }) => ({ id, prompt, agent, password })),
      [
        { id: "question-1", prompt: "1? ", agent: null, password: false },
        { id: "question-2", prompt: "2? ", agent: "user", password: true },
      ],
    );
    assert.equal(stream.answer("question-2", "two"), true);
    assert.equal(stream.answer("question-2", "again"), false);
    assert.equal(stream.answer("question-9", "?"), false);
    assert.equal(asked[0]?.answer("one"), true);
    assert.equal(asked[0]?.cancel(), false);
    assert.deepEqual(await Promise.all(answers), ["one", "two"]);
    assert.deepEqual(settled, ["question-2 true", "question-1 true"]);
    assert.deepEqual(stream.pending, []);
  });

  test("a cancelled or aborted question waits no more", async () => {
    const stop = new AbortController();
    const stream = questionStream();
    const asked = [stream.input("1? "), stream.input("2? ", { signal: stop.signal })];
    stream.pending[0]?.cancel("the page was closed");
    stop.abort();
    const [cancelled, aborted] = await Promise.all(asked.map((promise) => rejection(promise)));
    assert.match(String(cancelled), /`1\?` got no answer: the page was closed\./u);
    assert.equal((aborted as { code?: unknown }).code, "aborted");
    assert.deepEqual(stream.pending, []);
  });

  test("closing cancels what waits and refuses the rest", async () => {
    const stream = questionStream();
    const asked = stream.input("1? ");
    stream.close();
    assert.equal(await codeOf(asked), "input-closed");
    assert.equal(await codeOf(stream.input("2? ")), "input-closed");
  });
});
