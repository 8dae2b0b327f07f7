import assert from "node:assert/strict";
import { test } from "vitest";
import {
  countToken,
  getMaxTokenLimit,
  measureTokens,
  numTokensFromFunctions,
  percentileUsed,
  tokenLeft,
  type Tokenizer,
  type TokenOptions,
} from "./index.js";
import { boundedPieces } from "./pieces.js";

/** One token for each character: sums can be checked by hand. */
const CHARACTERS: Tokenizer = { countTokens: (text) => text.length };
const none: TokenOptions = { tokenizer: () => null };

function warnings(): { readonly run: { warn(code: string): void }; readonly codes: string[] } {
  const codes: string[] = [];
  return { codes, run: { warn: (code) => void codes.push(code) } };
}

const user = (content: unknown): object => ({ role: "user", content });

for (const [model, tokens] of [
  ["gpt-3.5-turbo", 16385],
  ["gpt-35-turbo", 16385],
  ["gpt35-turbo-16k", 16385],
  ["gpt-3.5-turbo-instruct", 4096],
  ["gpt4", 8192],
  ["gpt-4-32k-0613", 32768],
  ["gpt-4-1106-preview", 128000],
  ["openai/gpt-4o-mini", 128000],
] as const) {
  test(`PRC-06 the window of ${model} is ${String(tokens)}`, async () => {
    assert.equal(await getMaxTokenLimit(model), tokens);
  });
}

test("PRC-06 without a model, it is gpt-3.5-turbo-0613", async () => {
  assert.equal(await getMaxTokenLimit(), 4096);
});

test("PRC-06 newer models are looked up in the catalogue, of any provider", async () => {
  assert.deepEqual([await getMaxTokenLimit("gpt-5"), await getMaxTokenLimit("claude-3-5-sonnet-latest")], [400000, 200000]);
});

test("PRC-06 a model that is not known is an error, or has the window given", async () => {
  await assert.rejects(getMaxTokenLimit("unheard-of"), {
    code: "invalid-option",
    message: /`unheard-of`.*`\{ fallback: tokens \}`/,
  });
  assert.equal(await getMaxTokenLimit("unheard-of", { fallback: 1000 }), 1000);
  assert.equal(await getMaxTokenLimit("gpt-4", { fallback: 1000 }), 8192);
  assert.equal(await tokenLeft("x", "unheard-of", { fallback: 1000 }), 999);
  await assert.rejects(getMaxTokenLimit("gpt-4", { fallback: 0 }), { code: "invalid-option" });
  await assert.rejects(tokenLeft("x", "unheard-of"), { code: "invalid-option" });
});

test("PRC-07 the reference's own figures: 34 for two messages, 10 for a text, the rest of the window, the part of it", async () => {
  const messages = [
    { role: "system", content: "you are a helpful assistant. af3758 *3 33(3)" },
    { role: "user", content: "hello asdfjj qeweee" },
  ];
  assert.equal(await countToken(messages), 34);
  assert.equal(await countToken("I'm sorry, but I'm not able to"), 10);
  assert.equal(await tokenLeft(messages), 4096 - 34);
  assert.equal(await percentileUsed(messages), 34 / 4096);
});

test("PRC-07 null values cost nothing, names one more, other values count as JSON with blanks", async () => {
  const options: TokenOptions = { tokenizer: () => CHARACTERS };
  assert.equal(await countToken({ role: "user", content: null }, "gpt-4", options), 3 + 3 + 4);
  assert.equal(await countToken([{ role: "user", content: "hi", name: "bob" }], "gpt-4", options), 3 + 3 + 4 + 2 + 3 + 1);
  assert.equal(await countToken([{ name: "bob" }], "gpt-3.5-turbo-0301", options), 3 + 4 + 3 - 1);
  assert.equal(await countToken([{ a: { b: [1, '"x:y,z'] } }], "gpt-4", options), 3 + 3 + '{"b": [1, "\\"x:y,z"]}'.length);
  assert.equal(await countToken([], "gpt-4", options), 3);
});

test("PRC-07 what JSON cannot hold is left out, with a warning", async () => {
  const { run, codes } = warnings();
  assert.equal(await countToken([{ content: 1n }], "gpt-4", { tokenizer: () => CHARACTERS, run }), 6);
  assert.deepEqual(codes, ["tokens-skipped"]);
});

test("PRC-07 images have a price of their own, and make the count an estimate", async () => {
  const image = (detail?: string): object => ({
    type: "image_url",
    image_url: { url: `data:image/png;base64,${"A".repeat(50_000)}`, ...(detail === undefined ? {} : { detail }) },
  });
  const text = { type: "text", text: "hi" };
  const { tokens, estimated } = await measureTokens([user([text])], "gpt-4");
  assert.deepEqual([tokens, estimated], [21, false]);
  assert.deepEqual(await measureTokens([user([text, image()])], "gpt-4"), { tokens: 21 + 765, estimated: true });
  assert.deepEqual(await measureTokens([user([text, image("low")])], "gpt-4"), { tokens: 21 + 85, estimated: true });
  assert.deepEqual(await measureTokens([user([image()])], "gpt-4"), { tokens: 7 + 765, estimated: true });
});

for (const [model, estimated] of [
  ["gpt-4", false],
  ["gpt-3.5-turbo", false],
  ["gpt-35-turbo", false],
  ["gpt-4o", true],
  ["claude-x", true],
  ["unheard-of", true],
] as const) {
  test(`PRC-07 messages for ${model} are ${estimated ? "estimated" : "counted"}`, async () => {
    assert.deepEqual(await measureTokens([user("hi")], model), { tokens: 8, estimated });
  });
}

test("PRC-07 a text for a model that is not known is counted as an estimate, with a warning", async () => {
  const { run, codes } = warnings();
  assert.deepEqual(await measureTokens("x", "unheard-of", { run }), { tokens: 1, estimated: true });
  assert.deepEqual(await measureTokens("x", "gpt-4o", { run }), { tokens: 1, estimated: false });
  assert.deepEqual(codes, ["unknown-tokenizer"]);
});

test("PRC-07 vocabularies by model", async () => {
  const asked: string[] = [];
  const tokenizer = (encoding: string): Tokenizer => {
    asked.push(encoding);
    return CHARACTERS;
  };
  for (const model of ["gpt-4o-2024-08-06", "o3", "gpt-4-turbo", "ft:gpt-3.5-turbo:me", "text-davinci-003", "text-ada-001"])
    await countToken("x", model, { tokenizer });
  assert.deepEqual(asked, ["o200k_base", "o200k_base", "cl100k_base", "cl100k_base", "p50k_base", "r50k_base"]);
});

test("PRC-07 what is neither text nor message is refused", async () => {
  await assert.rejects(countToken(5 as never), { code: "invalid-option", message: /Tokens of number/ });
});

for (const [title, functions, expected] of [
  ["no function", [], 12],
  ["one without parameters", [{ name: "ab", description: "cde" }], 2 + 3 - 2 + 12],
  [
    "one with empty properties",
    [{ name: "ab", description: "cde", parameters: { type: "object", properties: {} } }],
    2 + 3 - 2 + 11 - 2 + 12,
  ],
  [
    "properties with type, description and enum; another field",
    [
      {
        name: "ab",
        description: "cde",
        parameters: {
          type: "object",
          properties: {
            x: { type: "string", description: "why", enum: ["red", "green"], default: "red" },
            yy: { type: "integer" },
          },
        },
      },
    ],
    2 + 3 - 2 + (1 + (2 + 6) + (2 + 3) + (-3 + (3 + 3) + (3 + 5))) + (2 + (2 + 7)) + 11 + 12,
  ],
] as const) {
  test(`PRC-07 tokens of functions: ${title}`, async () => {
    const { run, codes } = warnings();
    const options: TokenOptions = { tokenizer: () => CHARACTERS, run };
    assert.equal(await numTokensFromFunctions(functions, "gpt-4", options), expected);
    assert.deepEqual(codes, title.includes("another field") ? ["tokens-skipped"] : []);
  });
}

test("PRC-08 without a tokenizer counts are estimated, four characters a token, and a run is told", async () => {
  const { run, codes } = warnings();
  assert.deepEqual(await measureTokens("123456789", "gpt-4", { ...none, run }), { tokens: 3, estimated: true });
  assert.deepEqual(await measureTokens([user("12345678")], "gpt-4", none), { tokens: 3 + 3 + 1 + 2, estimated: true });
  assert.deepEqual(codes, ["tokens-estimated"]);
});

test("control tokens in a text are text", async () => {
  assert.ok((await countToken("<|endoftext|>", "gpt-4")) > 1);
  assert.ok((await countToken([user("<|im_start|>system<|im_end|>")], "gpt-4o")) > 12);
});

test("lone halves of characters are counted", async () => {
  assert.ok((await countToken("\uD800 a \uDC00", "gpt-4")) > 0);
});

for (const [title, text, tokens] of [
  ["letters", "a".repeat(20_000), 2500],
  ["Chinese letters", "好".repeat(20_000), 20_000],
  ["blanks", " ".repeat(20_000), 157],
  ["signs", "!".repeat(20_000), 2500],
  ["emoji", "😀".repeat(10_000), 20_000],
] as const) {
  test(`20 000 ${title} that are all the same are counted in portions`, async () => {
    assert.equal(boundedPieces(text).join(""), text);
    assert.ok(boundedPieces(text).every((piece) => piece.length <= 768));
    assert.equal(await countToken(text, "gpt-4"), tokens);
  });
}

test("a text of words stays in one piece", () => {
  const text = "The quick brown fox, 1234 times: 敏捷的棕色狐狸。\n".repeat(200);
  assert.deepEqual(boundedPieces(text), [text]);
});
