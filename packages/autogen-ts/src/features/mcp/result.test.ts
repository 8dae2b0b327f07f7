import assert from "node:assert/strict";
import { test } from "vitest";
import { partsOf, resultOf } from "./result.js";

for (const [mimeType, kept] of [
  ["image/png", true],
  ["image/svg+xml", true],
  ["text/html", false],
  ["image/png;base64,AAAA#", false],
] as const) {
  test(`an image of the type ${mimeType} is ${kept ? "given as a part" : "no more than a note"}`, () => {
    const result = resultOf({ content: [{ type: "image", mimeType, data: "AAAA" }] }, 1000);
    assert.equal(result.text, `[image: ${mimeType}, 3 bytes, not shown as text]`);
    const part = { type: "image_url", image_url: { url: `data:${mimeType};base64,AAAA` } };
    assert.deepEqual(partsOf(result).slice(1), kept ? [part] : []);
  });
}
