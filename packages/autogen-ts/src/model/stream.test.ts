import assert from "node:assert/strict";
import { test } from "vitest";
import { HI, scene, thrownBy, type Scene } from "../../test/model-scene.js";
import type { ScriptedPiece } from "../../test/model-server.js";
import { StreamAssembler } from "./index.js";

const CALL = { id: "call_a", type: "function", function: { name: "add", arguments: "" } };

/** The first message that these pieces make up. */
function assembled(pieces: readonly object[]): object | undefined {
  const assembler = new StreamAssembler();
  for (const delta of pieces) assembler.add({ choices: [{ index: 0, delta }] });
  return assembler.response("m").choices[0]?.message;
}

const calls = (...list: readonly object[]): object => ({ tool_calls: list });

test("INF-28 streamed text comes in events and as a whole; INF-31 usage is asked for and used", async () => {
  const stream = [{ content: "", role: "assistant" }, { content: "Hel" }, { content: "lo" }, { finish_reason: "stop" }];
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  await scene({ x: [{ stream: [...stream, { no_choices: true, usage }] }] }, async ({ server, run, events, wrapper }) => {
    const heard: string[] = [];
    const response = await wrapper([{ model: "gpt-4" }]).create({
      messages: HI,
      stream: true,
      run,
      onToken: (text) => heard.push(text),
    });
    assert.deepEqual(response.choices, [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "Hello" } }]);
    assert.deepEqual(
      [response.id, response.created, response.usage, response.cost],
      ["chatcmpl-x-1", 1700000000, usage, (3 * 0.03 + 2 * 0.06) / 1000],
    );
    assert.deepEqual(heard, ["Hel", "lo"]);
    const deltas = events.filter((event) => event.type === "llm.delta");
    assert.deepEqual(
      deltas.map((event) => event.text),
      heard,
    );
    assert.deepEqual(server.requests[0]?.body["stream_options"], { include_usage: true });
  });
});

test("INF-29 two calls, interleaved, in pieces", () => {
  const message = assembled([
    calls({ index: 0, ...CALL }),
    calls({ index: 1, id: "call_b", type: "function", function: { name: "ping" } }),
    calls({ index: 0, function: { arguments: '{"a"' } }, { index: 1, function: { arguments: "{}" } }),
    calls({ index: 0, function: { arguments: ":1}" } }),
  ]);
  assert.deepEqual(message, {
    role: "assistant",
    content: null,
    tool_calls: [
      { id: "call_a", type: "function", function: { name: "add", arguments: '{"a":1}' } },
      { id: "call_b", type: "function", function: { name: "ping", arguments: "{}" } },
    ],
  });
});

test("INF-29 gaps are closed, repeated ids and names kept once, calls without numbers told apart by their ids", () => {
  const whole = { ...CALL, function: { name: "add", arguments: "{" } };
  const again = { ...CALL, function: { name: "add", arguments: "}" } };
  const expected = { id: "call_a", type: "function", function: { name: "add", arguments: "{}" } };
  assert.deepEqual(assembled([calls({ index: 3, ...whole }), calls({ index: 3, ...again })]), {
    role: "assistant",
    content: null,
    tool_calls: [expected],
  });
  const other = { ...CALL, id: "call_b", function: { name: "ping", arguments: { a: 1 } } };
  assert.deepEqual(assembled([calls(whole), calls(again), calls(other)]), {
    role: "assistant",
    content: null,
    tool_calls: [expected, { id: "call_b", type: "function", function: { name: "ping", arguments: '{"a":1}' } }],
  });
});

test("INF-29 a function call in pieces", () => {
  const pieces = [{ content: "", function_call: { name: "add", arguments: "" } }, { function_call: { arguments: "{}" } }];
  assert.deepEqual(assembled(pieces), { role: "assistant", content: null, function_call: { name: "add", arguments: "{}" } });
});

test("INF-30 choices are kept apart", async () => {
  const stream: ScriptedPiece[] = [
    { content: "a1", index: 0 },
    { delta: { tool_calls: [{ index: 0, ...CALL }] }, index: 1 },
    { content: "a2", index: 0 },
    { index: 0, finish_reason: "stop" },
    { index: 1, finish_reason: "tool_calls" },
  ];
  await scene({ x: [{ stream }] }, async ({ run, wrapper }) => {
    const llm = wrapper([{ model: "gpt-4" }]);
    const response = await llm.create({ messages: HI, n: 2, stream: true, run });
    assert.deepEqual(llm.extractTextOrCompletionObject(response), [
      "a1a2",
      { role: "assistant", content: null, tool_calls: [CALL] },
    ]);
    assert.equal(response.usage?.["estimated"], true);
  });
});

test("INF-31 an endpoint that does not know `stream_options` is asked again without, and not asked for it any more", async () => {
  const error = { message: "Unknown parameter: stream_options", param: "stream_options" };
  const stream = [{ content: "ok" }, { finish_reason: "stop" }];
  await scene({ x: [{ status: 400, error }, { stream }, { stream }] }, async ({ server, run, wrapper }) => {
    const llm = wrapper([{ model: "gpt-4" }]);
    for (let turn = 0; turn < 2; turn += 1) await llm.create({ messages: HI, stream: true, run });
    assert.deepEqual(
      server.requests.map((request) => "stream_options" in request.body),
      [true, false, false],
    );
  });
});

const CALL_STREAM = [
  { content: "Hello there" },
  { delta: { tool_calls: [{ index: 0, ...CALL, function: { name: "add", arguments: "{}" } }] } },
  { finish_reason: "tool_calls" },
];

test("INF-31 what the endpoint does not count is counted here: prompt, text and calls", async () => {
  await scene({ x: [{ stream: CALL_STREAM }] }, async ({ run, events, wrapper }) => {
    const response = await wrapper([{ model: "gpt-4" }]).create({ messages: HI, stream: true, run });
    assert.deepEqual(response.usage, { prompt_tokens: 8, completion_tokens: 4, total_tokens: 12, estimated: true });
    assert.deepEqual(
      events.filter(({ type }) => type === "warning"),
      [],
    );
  });
});

for (const [title, tokenizer, code] of [
  ["without a tokenizer", () => null, "tokens-estimated"],
  [
    "when the tokenizer fails",
    () => {
      throw new Error("no vocabulary");
    },
    "tokenizer-failed",
  ],
] as const) {
  test(`INF-31 ${title}, tokens of streams are estimated by length, with one warning`, async () => {
    const play = async ({ run, events, wrapper }: Scene): Promise<void> => {
      const llm = wrapper([{ model: "gpt-4" }]);
      for (let turn = 0; turn < 2; turn += 1) {
        const { usage } = await llm.create({ messages: HI, stream: true, run });
        assert.deepEqual(usage, { prompt_tokens: 8, completion_tokens: 5, total_tokens: 13, estimated: true });
      }
      assert.deepEqual(
        events.flatMap((event) => (event.type === "warning" ? [event.code] : [])),
        [code],
      );
    };
    await scene({ x: [{ stream: CALL_STREAM }, { stream: CALL_STREAM }] }, play, { tokenizer });
  });
}

for (const [title, reply, kind] of [
  ["INF-32 an empty stream", { stream: [] }, "server"],
  ["a stream without an end", { stream: [{ content: "cut" }] }, "connection"],
  ["a stream whose connection breaks", { stream: [{ content: "cut" }], end: "cut" }, "connection"],
  [
    "a stream with an error in it",
    { stream: [{ content: "a" }, { json: { error: { message: "overloaded", code: "rate_limit_exceeded" } } }] },
    "rate_limit",
  ],
  ["a web page in place of a stream", { raw: "<!doctype html><p>hi", contentType: "text/html" }, "server"],
] as const) {
  test(`${title} is an error of kind ${kind}, and the next entry is tried`, async () => {
    await scene({ x: [reply, reply], y: ["from y"] }, async ({ run, wrapper }) => {
      const error = await thrownBy(wrapper([{ model: "gpt-4" }]).create({ messages: HI, stream: true, run }));
      assert.equal(error.details?.["kind"], kind, error.message);
      const both = wrapper([{ model: "gpt-4" }, { model: "gpt-4", at: "y" }]);
      // An endpoint that answers in one piece though asked to stream is fine.
      assert.equal((await both.create({ messages: HI, stream: true, run })).config_id, 1);
    });
  });
}

test("a stream that stalls is a time-out", async () => {
  await scene({ x: [{ stream: [{ content: "a" }], end: "stall" }] }, async ({ run, wrapper }) => {
    const error = await thrownBy(wrapper([{ model: "gpt-4", timeout: 0.05 }]).create({ messages: HI, stream: true, run }));
    assert.equal(error.code, "model-timeout");
  });
});

test("INF-37 an abort in the middle of a stream ends the call", async () => {
  await scene({ x: [{ stream: [{ content: "a" }], end: "stall" }] }, async ({ run, wrapper }) => {
    const controller = new AbortController();
    const onToken = (): void => controller.abort();
    const error = await thrownBy(
      wrapper([{ model: "gpt-4" }]).create({ messages: HI, stream: true, signal: controller.signal, onToken, run }),
    );
    assert.equal(error.code, "aborted");
  });
});
