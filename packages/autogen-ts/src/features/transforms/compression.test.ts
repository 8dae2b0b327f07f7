import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "vitest";
import type { Message } from "../../core.js";
import { scriptedModel } from "../testing/index.js";
import { rejection } from "../../../test/pairs.js";
import { answering, calling, contents, user, watchedRun, words } from "../../../test/transforms/stage.js";
import {
  ExtractiveCompressor,
  ModelCompressor,
  RemoteCompressor,
  TextMessageCompressor,
  type CompressedText,
  type CompressionParams,
  type MessageCompressorOptions,
  type RemoteCompressorOptions,
  type TextCompressor,
} from "./index.js";

/** Takes vowels out and remembers what it was asked. */
function vowels(): TextCompressor & { readonly asked: (readonly [string, CompressionParams])[] } {
  const asked: (readonly [string, CompressionParams])[] = [];
  return {
    asked,
    compressText(text, params) {
      asked.push([text, params]);
      const compressedPrompt = text.replaceAll(/[aeiou]/g, "");
      return { compressedPrompt, originTokens: text.length, compressedTokens: compressedPrompt.length };
    },
  };
}

const compressing = (options: MessageCompressorOptions): TextMessageCompressor =>
  new TextMessageCompressor({ tokenizer: words, ...options });

test("XFRM-09 each text once, with the parameters; parts and bare texts too; the messages given stay as they are", async () => {
  const textCompressor = vowels();
  const compressor = compressing({ textCompressor, compressionParams: { rate: 0.3 } });
  const image = { type: "image_url", image_url: { url: "aeiou" } } as const;
  const parts: Message = { role: "user", content: ["bare", { type: "text", text: "parts" }, image] as never };
  const before = [user("one"), user("one"), parts, user(""), { role: "user", content: null } as Message];

  const after = await compressor.applyTransform(before);

  assert.deepEqual(contents(after), ["n", "n", ["br", { type: "text", text: "prts" }, image], "", null]);
  assert.deepEqual(
    textCompressor.asked,
    ["one", "bare", "parts"].map((text) => [text, { rate: 0.3 }]),
  );
  assert.deepEqual(await compressor.getLogs(before, after), ["5 tokens saved with text compression.", true]);
  assert.deepEqual(contents(before).slice(0, 2), ["one", "one"]);
});

test("XFRM-09 a second time comes from the cache; null asks each time; one that fails is done without, with a warning", async () => {
  for (const [cache, expected] of [
    [undefined, 1],
    [new Map<string, CompressedText>(), 1],
    [null, 2],
  ] as const) {
    const textCompressor = vowels();
    const compressor = compressing({ textCompressor, ...(cache === undefined ? {} : { cache }) });
    for (let turn = 0; turn < 2; turn += 1) assert.deepEqual(contents(await compressor.applyTransform([user("one")])), ["n"]);
    assert.equal(textCompressor.asked.length, expected);
  }
  const broken = (): never => {
    throw new Error("disk full");
  };
  const { run, warnings } = watchedRun();
  const compressor = compressing({ textCompressor: vowels(), cache: { get: broken, set: broken } });
  assert.deepEqual(contents(await compressor.applyTransform([user("one")], { run })), ["n"]);
  assert.deepEqual(warnings(), ["compression-cache", "compression-cache"]);
});

test("XFRM-09 nothing is compressed below `minTokens`; filters; no messages", async () => {
  const before = [user("one two"), user("three", "ann")];
  assert.equal(await compressing({ textCompressor: vowels(), minTokens: 4 }).applyTransform(before), before);
  const whole = compressing({ textCompressor: vowels(), minTokens: 3, filterDict: { name: ["ann"] } });
  const after = await whole.applyTransform(before);
  assert.deepEqual(contents(after), ["n tw", "three"]);
  assert.deepEqual(await whole.getLogs(before, before), ["No tokens saved with text compression.", false]);
  assert.deepEqual(await whole.applyTransform([]), []);
  for (const options of [{ minTokens: 0 }, { minTokens: -1 }, { textCompressor: {} }]) {
    assert.throws(() => new TextMessageCompressor(options as never), { code: "invalid-option" });
  }
});

test("XFRM-11 results of tools are compressed where they are sent from", async () => {
  const before = [calling(), answering("result")];
  const after = await compressing({ textCompressor: vowels() }).applyTransform(before);
  assert.deepEqual(after, [calling(), answering("rslt")]);
  const content = await compressing({ textCompressor: vowels(), toolResponses: false }).applyTransform(before);
  assert.deepEqual(content[1], { ...answering("result"), content: "rslt" });
});

const REPORT =
  "The committee met on Tuesday. It was a meeting that was held in the room. The budget for 2027 is 1,250,000 euros. " +
  "There was some talk about this and that. Dr. Chen presented the risk analysis of the Rotterdam warehouse. " +
  "It is what it is. The vote is on Friday at 14:00.";

test("the extractive compressor keeps what is telling, in order, and keeps to the target", async () => {
  const compressor = new ExtractiveCompressor({ tokenizer: words });
  const { compressedPrompt, originTokens, compressedTokens } = await compressor.compressText(REPORT, { rate: 0.6 });
  for (const fact of ["1,250,000", "Chen", "Rotterdam", "Friday", "14:00"]) assert.match(compressedPrompt, new RegExp(fact));
  assert.doesNotMatch(compressedPrompt, /what it is/);
  assert.ok(Number(compressedTokens) <= Number(originTokens) * 0.6, `${String(compressedTokens)} of ${String(originTokens)}`);
  const places = compressedPrompt.split(" ").map((word) => REPORT.indexOf(word));
  assert.ok(places.every((place) => place >= 0));
});

test("the extractive compressor leaves code, forced words and short texts alone; bad targets are refused", async () => {
  const compressor = new ExtractiveCompressor({ tokenizer: words });
  const code = "```js\nif (a) { the(is) }\n```";
  const { compressedPrompt } = await compressor.compressText(`${REPORT}\n${code}`, { rate: 0.3, forceTokens: ["what it is"] });
  assert.ok(compressedPrompt.includes(code));
  assert.match(compressedPrompt, /It is what it is\./);
  assert.equal((await compressor.compressText("so it is", { targetToken: 3 })).compressedPrompt, "so it is");
  for (const params of [{ rate: 0 }, { rate: 2 }, { rate: Number.NaN }, { targetToken: 0 }]) {
    assert.equal(((await rejection(compressor.compressText("x", params))) as { code?: string }).code, "invalid-option");
  }
});

/** A compression service on the loopback address. */
async function service(
  answer: (body: Readonly<Record<string, unknown>>, request: IncomingMessage, response: ServerResponse) => void,
  play: (url: string) => Promise<void>,
): Promise<void> {
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => answer(JSON.parse(text) as Record<string, unknown>, request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await play(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/compress`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test("a remote compressor is asked in LLMLingua's words, as an effect of the run", async () => {
  const asked: unknown[] = [];
  const { run } = watchedRun();
  const effects: unknown[] = [];
  const watched = run.child("part", {
    layers: [
      (next) => async (effect, execute) => {
        effects.push([effect.kind, effect.target.replace(/\d+(?=\/)/, "PORT"), effect.input]);
        return await next(effect, execute);
      },
    ],
  });
  await service(
    (body, { headers, method }, response) => {
      asked.push([method, headers.authorization, body]);
      response.end(JSON.stringify({ compressed_prompt: "short", origin_tokens: 9, compressed_tokens: 1, ratio: "9x" }));
    },
    async (url) => {
      const compressor = new RemoteCompressor({ url: `${url}?key=hidden`, headers: { authorization: "Bearer hidden" } });
      const result = await compressor.compressText(
        "a long text",
        { rate: 0.2, targetToken: 5, forceTokens: ["x"] },
        { run: watched },
      );
      assert.deepEqual(result, { compressedPrompt: "short", originTokens: 9, compressedTokens: 1 });
      assert.deepEqual(await compressor.compressText("a long text"), result);
    },
  );
  const body = { rate: 0.2, target_token: 5, force_tokens: ["x"], text: "a long text" };
  assert.deepEqual(asked, [
    ["POST", "Bearer hidden", body],
    ["POST", "Bearer hidden", { text: "a long text" }],
  ]);
  assert.deepEqual(effects, [["io", "compressor:http://127.0.0.1:PORT/compress", body]]);
});

for (const [title, answer, options, expected] of [
  ["an error", (response) => void response.writeHead(500).end("secret"), {}, /answered 500/],
  ["no JSON", (response) => void response.end("<html>"), {}, /no JSON object/],
  ["a list", (response) => void response.end("[]"), {}, /no JSON object/],
  ["no text", (response) => void response.end("{}"), {}, /no `compressed_prompt`/],
  ["too much", (response) => void response.end("x".repeat(2000)), { maxBytes: 1000 }, /more than 1000 bytes/],
  [
    "another place",
    (response) => void response.writeHead(302, { location: "http://127.0.0.1:9/" }).end(),
    {},
    /could not be reached/,
  ],
  ["nothing", () => undefined, { timeoutMs: 50 }, /within 50 ms/],
] as const satisfies readonly (readonly [
  string,
  (response: ServerResponse) => void,
  Partial<RemoteCompressorOptions>,
  RegExp,
])[]) {
  test(`a remote compressor that gives ${title} is an error that says so`, async () => {
    await service(
      (_body, _request, response) => answer(response),
      async (url) => {
        const error = await rejection(Promise.resolve(new RemoteCompressor({ url, ...options }).compressText("x")));
        assert.equal((error as { code?: string }).code, "compression-failed");
        assert.match((error as Error).message, expected);
      },
    );
  });
}

test("an abort ends a request to a remote compressor; other addresses than of the web are refused", async () => {
  assert.throws(() => new RemoteCompressor({ url: "file:///etc/passwd" }), { code: "invalid-option" });
  const controller = new AbortController();
  const { run } = watchedRun();
  const part = run.child("part", { signal: controller.signal });
  await service(
    () => controller.abort(),
    async (url) => {
      const error = await rejection(new RemoteCompressor({ url }).compressText("x", {}, { run: part }));
      assert.equal((error as { code?: string }).code, "aborted");
    },
  );
});

test("a model as compressor: its requests count in the usage of the run; an answer longer than the text is not taken", async () => {
  const model = scriptedModel("short", "this is very much longer than the text", "  ");
  const compressor = new ModelCompressor({ model: model.llmConfig });
  const { run } = watchedRun();
  assert.deepEqual(await compressor.compressText("a longer text", { rate: 0.25 }, { run }), { compressedPrompt: "short" });
  assert.match(JSON.stringify(model.requests[0]), /about 25 %/);
  assert.deepEqual(await compressor.compressText("a text", {}, { run }), { compressedPrompt: "a text" });
  assert.equal(
    ((await rejection(compressor.compressText("a text", {}, { run }))) as { code?: string }).code,
    "compression-failed",
  );
  assert.equal(run.usage.totals.calls, 3);
  const nobody = await rejection(new ModelCompressor().compressText("x", {}, { run }));
  assert.equal((nobody as { code?: string }).code, "no-model");
});
