import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { mentionedAgents, resolveSpeaker } from "../../core.js";

const counts = (content: Parameters<typeof mentionedAgents>[0], ...names: string[]): Record<string, number> =>
  Object.fromEntries(
    mentionedAgents(
      content,
      names.map((name) => ({ name })),
    ),
  );

describe("GRP-15 counting mentions by the rule of the reference", () => {
  for (const [text, names, expected] of [
    ["Data_Lead:", ["Data_Lead"], { Data_Lead: 1 }],
    ["Data Lead", ["Data_Lead"], { Data_Lead: 1 }],
    ["Data\\_Lead", ["Data_Lead"], { Data_Lead: 1 }],
    ["Data_lead, data_lead", ["Data_Lead"], {}],
    ["kim, then kim; (kim)", ["kim"], { kim: 3 }],
    ["kimono akim Kim", ["kim"], {}],
    ["Alice-B", ["Alice", "Alice-B"], { Alice: 1, "Alice-B": 1 }],
    ["user proxy", ["user", "user_proxy"], { user: 1, user_proxy: 1 }],
    ["éAlice", ["Alice"], {}],
    ["axb", ["a.b"], {}],
    ["x\\y", ["x\\y"], { "x\\y": 1 }],
    ["", ["x"], {}],
  ] as const) {
    test(`GRP-15 ${JSON.stringify(text)} with ${names.join(", ")}`, () => {
      assert.deepEqual(counts(text, ...names), expected);
    });
  }

  test("GRP-15 parts and messages are read by their text", () => {
    assert.deepEqual(
      counts(
        [
          { type: "text", text: "an" },
          { type: "text", text: "n" },
        ],
        "ann",
      ),
      { ann: 1 },
    );
    assert.deepEqual(counts({ content: "ann" }, "ann"), { ann: 1 });
    assert.deepEqual(counts(null, "ann"), {});
  });
});

describe("D12-6 whom an answer chooses", () => {
  const one = (name: string): unknown => ({ kind: "one", name });

  test("D12-6 the answer as a whole comes first", () => {
    assert.deepEqual(resolveSpeaker("Alice", ["Alice-B", "Alice"]), one("Alice"));
    assert.deepEqual(resolveSpeaker(' "Alice-B".', ["Alice", "B", "Alice-B"]), one("Alice-B"));
  });

  test("D12-6 a longer name covers those that it contains", () => {
    assert.deepEqual(resolveSpeaker("I choose Alice-B now", ["Alice", "Alice-B"]), one("Alice-B"));
    assert.deepEqual(resolveSpeaker("the user proxy", ["user", "user_proxy"]), one("user_proxy"));
    assert.deepEqual(resolveSpeaker("Alice-B or Alice", ["Alice", "Alice-B"]), { kind: "several", names: ["Alice-B", "Alice"] });
  });

  test("D12-6 one agent named twice is one; nobody is none; several are told in order of appearance", () => {
    assert.deepEqual(resolveSpeaker("b, yes, b", ["a", "b"]), one("b"));
    assert.deepEqual(resolveSpeaker("somebody", ["a", "b"]), { kind: "none" });
    assert.deepEqual(resolveSpeaker("b or a", ["a", "b"]), { kind: "several", names: ["b", "a"] });
    assert.deepEqual(resolveSpeaker(null, ["a", "b"]), { kind: "none" });
  });
});
