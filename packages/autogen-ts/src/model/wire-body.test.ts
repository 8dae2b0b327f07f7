import assert from "node:assert/strict";
import { test } from "vitest";
import { wireBody } from "./wire-body.js";

const messages = [
  { role: "user", content: "hi", name: "Agent One" },
  { role: "user", content: "hi", name: "é".repeat(70) },
  { role: "user", content: "hi", name: "fine-1" },
  { role: "user", content: "hi" },
];
const names = (body: Readonly<Record<string, unknown>>): unknown =>
  (body["messages"] as readonly { readonly name?: string }[]).map(({ name }) => name);

for (const entry of [
  { model: "m" },
  { model: "m", base_url: "https://api.openai.com/v1" },
  { model: "m", api_type: "azure", base_url: "https://x" },
]) {
  test(`D10-1 names that OpenAI refuses are made acceptable for ${JSON.stringify(entry)}`, () => {
    assert.deepEqual(names(wireBody({ model: "m", messages }, entry)), ["Agent_One", "_".repeat(64), "fine-1", undefined]);
    assert.equal(messages[0]?.name, "Agent One");
  });
}

test("D10-1 other endpoints get names as they are, and the very same list", () => {
  const body = wireBody({ model: "m", messages }, { model: "m", base_url: "http://127.0.0.1:1/v1" });
  assert.equal(body["messages"], messages);
});
