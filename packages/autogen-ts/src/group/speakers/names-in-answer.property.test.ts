import assert from "node:assert/strict";
import * as fc from "fast-check";
import { test } from "vitest";
import { resolveSpeaker } from "../../core.js";

const SEED = 20_260_121;
const RUNS = { seed: SEED, numRuns: 1_000 };

const word = fc.stringMatching(/^[A-Za-z][a-z0-9]{2,8}$/u);
const name = fc.oneof(
  word,
  fc.tuple(word, word).map((words) => words.join("_")),
  fc.constantFrom("医生", "編集者", "Ärztin"),
);
/** No two of them are one when case and underscores do not count. */
const team = fc.uniqueArray(name, {
  minLength: 2,
  maxLength: 8,
  selector: (one) => one.toLowerCase().replaceAll("_", ""),
});
const member = team.chain((names) => fc.tuple(fc.constant(names), fc.constantFrom(...names)));
const anything = fc.string({ unit: "binary", maxLength: 200 });

test("D12-6 a name by itself is chosen, whatever marks are around it, however its underscores and letters are written", () => {
  const marks = fc.constantFrom(
    ["", ""],
    ['"', '"'],
    ["**", "**"],
    ["`", "`."],
    ["「", "」"],
    ["[", "]"],
    ["- ", "\n"],
    ["Role: ", ""],
    ["役割：", "。"],
  );
  const writing = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => text.replaceAll("_", "\\_"),
    (text) => text.replaceAll("_", " "),
    (text) => text.toUpperCase(),
    (text) => text.replaceAll("_", "-").toLowerCase(),
  );
  fc.assert(
    fc.property(member, marks, writing, ([names, chosen], [open, close], write) => {
      assert.deepEqual(resolveSpeaker(`${open ?? ""}${write(chosen)}${close ?? ""}`, names), { kind: "one", name: chosen });
    }),
    RUNS,
  );
});

test("D12-6 no text makes it fail, and what it finds are names of the list", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(anything, { maxLength: 6 }),
      fc.array(fc.oneof(anything, fc.constantFrom("\n", ": ", "<think>", "</think>", "next is "))),
      fc.boolean(),
      (names, parts, strict) => {
        const found = resolveSpeaker(parts.join(""), names, { strict });
        if (found.kind === "one") assert.ok(names.includes(found.name));
        if (found.kind === "several") {
          assert.ok(found.names.length > 1);
          assert.equal(new Set(found.names).size, found.names.length);
          assert.deepEqual(
            found.names.filter((one) => !names.includes(one)),
            [],
          );
        }
      },
    ),
    RUNS,
  );
});

test("D12-6 a name inside of a longer word is no name", () => {
  fc.assert(
    fc.property(member, fc.constantFrom("x", "é", "9", "_"), ([names, chosen], letter) => {
      fc.pre(/^[A-Za-z0-9_]+$/u.test(chosen));
      assert.deepEqual(resolveSpeaker(`maybe ${letter}${chosen}${letter} or so`, [chosen]), { kind: "none" });
      assert.ok(names.includes(chosen));
    }),
    RUNS,
  );
});

test("D12-6 two names joined by a word for `or` are never one, in either order", () => {
  const or = fc.constantFrom(" or ", " oder ", "或者", "または", ", ", " / ", " and ");
  fc.assert(
    fc.property(team, or, fc.constantFrom("", "Next speaker: ", "I choose ", "The next role is "), (names, joint, lead) => {
      const [first = "", second = ""] = names;
      fc.pre(!first.includes(second) && !second.includes(first));
      assert.deepEqual(resolveSpeaker(`${lead}${first}${joint}${second}`, [first, second]), {
        kind: "several",
        names: [first, second],
      });
    }),
    RUNS,
  );
});
