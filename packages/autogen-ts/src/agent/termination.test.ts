import assert from "node:assert/strict";
import { test } from "vitest";
import { pair, texts } from "../../test/pairs.js";
import { isTermination, type Content } from "../index.js";

const CASES: readonly (readonly [content: Content | null, ends: boolean])[] = [
  ["TERMINATE", true],
  ["TERMINATE\n", true],
  [" TERMINATE", true],
  ["done TERMINATE", true],
  ["Done.\n\n**TERMINATE**", true],
  ["`TERMINATE`.", true],
  ["“TERMINATE”", true],
  ["done, TERMINATE!", true],
  ["TERMINATE the process", false],
  ["DETERMINATE", false],
  ["terminate", false],
  ["TERMINATED", false],
  ["", false],
  [null, false],
  [[{ type: "text", text: "TERMINATE" }], true],
  [() => "TERMINATE", false],
];
for (const [content, ends] of CASES) {
  test(`D10-16 ${typeof content === "function" ? "a content function" : JSON.stringify(content)} ${ends ? "ends" : "does not end"} a chat`, () => {
    assert.equal(isTermination({ role: "user", content }), ends);
  });
}

test("D10-16 a chat that goes on past the word warns once", async () => {
  const { user, bot, stream } = pair(["I will say TERMINATE when done", "TERMINATE soon", "TERMINATE"]);
  const result = await user.initiateChat(bot, { message: "m", stream });

  assert.equal(texts(result.chatHistory).at(-1), "TERMINATE");
  assert.equal(stream.warnings.length, 1);
});
