import assert from "node:assert/strict";
import { test } from "vitest";
import { contentText, type Content } from "./index.js";

const TABLE: readonly (readonly [content: Content | null | undefined, text: string])[] = [
  [null, ""],
  [undefined, ""],
  ["text", "text"],
  [[], ""],
  [
    [
      { type: "text", text: "a" },
      { type: "image_url", image_url: { url: "u" } },
      { type: "text", text: "b" },
    ],
    "a<image>b",
  ],
  [[{ type: "audio" }], "<audio>"],
  [() => "x", "<template>"],
];
for (const [content, text] of TABLE) {
  test(`EXE-01, D10-3 ${typeof content === "function" ? "a content function" : JSON.stringify(content)} reads ${JSON.stringify(text)}`, () => {
    assert.equal(contentText(content), text);
  });
}

for (const content of [["str"], [{ text: "no type" }], [null]]) {
  test(`EXE-01 ${JSON.stringify(content)} is no content`, () => {
    assert.throws(() => contentText(content as unknown as Content), TypeError);
  });
}
