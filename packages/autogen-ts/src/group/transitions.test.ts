import assert from "node:assert/strict";
import { describe, test } from "vitest";
import {
  checkGraph,
  checkGraphValidity,
  ConversableAgent,
  hasSelfLoops,
  invertDisallowedToAllowed,
  isAutogenError,
  SpeakerTransitions,
  type TransitionOptions,
} from "../core.js";

const agent = (name: string): ConversableAgent => new ConversableAgent({ name, humanInputMode: "NEVER" });
const a = agent("a");
const b = agent("b");
const c = agent("c");
const stranger = agent("stranger");
const agents = [a, b, c];

const names = (table: ReadonlyMap<ConversableAgent, readonly ConversableAgent[]>): Record<string, string[]> =>
  Object.fromEntries([...table].map(([from, next]) => [from.name, next.map(({ name }) => name)]));
const tableOf = (options?: TransitionOptions<ConversableAgent>): Record<string, string[]> =>
  names(new SpeakerTransitions(agents, options).allowed);

describe("GRP-02 the table of allowed transitions", () => {
  const everybody = { a: ["b", "c", "a"], b: ["a", "c", "b"], c: ["a", "b", "c"] };

  test("GRP-02 without options everybody may follow everybody, itself last", () => {
    assert.deepEqual(tableOf(), everybody);
    assert.deepEqual(tableOf({ allowRepeatSpeaker: true }), everybody);
    assert.deepEqual(tableOf({ allowRepeatSpeaker: null, allowedOrDisallowedSpeakerTransitions: null }), everybody);
  });

  test("GRP-02 repeat false or a list leaves the agent itself out", () => {
    assert.deepEqual(tableOf({ allowRepeatSpeaker: false }), { a: ["b", "c"], b: ["a", "c"], c: ["a", "b"] });
    assert.deepEqual(tableOf({ allowRepeatSpeaker: [b] }), { a: ["b", "c"], b: ["a", "c", "b"], c: ["a", "b"] });
  });

  test("GRP-02 an allowed table is taken as it is, in any case of the word", () => {
    const allowed = new Map([[a, [c, b]]]);
    assert.deepEqual(tableOf({ allowedOrDisallowedSpeakerTransitions: allowed, speakerTransitionsType: "ALLOWED" }), {
      a: ["c", "b"],
    });
  });

  test("GRP-02 a disallowed table leaves all other pairs, self loops included", () => {
    const disallowed = new Map([[a, [b, c]]]);
    assert.deepEqual(tableOf({ allowedOrDisallowedSpeakerTransitions: disallowed, speakerTransitionsType: "disallowed" }), {
      a: ["a"],
      b: ["a", "b", "c"],
      c: ["a", "b", "c"],
    });
  });

  test("a table may be written by names", () => {
    assert.deepEqual(tableOf({ allowedOrDisallowedSpeakerTransitions: { a: ["b"], b: [] }, speakerTransitionsType: "allowed" }), {
      a: ["b"],
      b: [],
    });
  });

  test("the lists given are copied", () => {
    const next = [b];
    const { allowed } = new SpeakerTransitions(agents, {
      allowedOrDisallowedSpeakerTransitions: new Map([[a, next]]),
      speakerTransitionsType: "allowed",
    });
    next.push(c);
    assert.deepEqual(names(allowed), { a: ["b"] });
  });
});

describe("D12-4 who may follow", () => {
  const transitions = new SpeakerTransitions(agents, {
    allowedOrDisallowedSpeakerTransitions: { a: ["c", "b"], b: [] },
    speakerTransitionsType: "allowed",
  });

  test("D12-4 an empty list and an absent key both mean nobody", () => {
    assert.deepEqual(transitions.allowedNext(a), [c, b]);
    assert.deepEqual(transitions.allowedNext(b), []);
    assert.deepEqual(transitions.allowedNext(c), []);
  });

  test("GRP-18 after somebody from outside the group all may speak", () => {
    assert.deepEqual(transitions.allowedNext(stranger), agents);
  });

  test("the object tells whether transitions were given", () => {
    assert.deepEqual([transitions.given, new SpeakerTransitions(agents).given], [true, false]);
  });
});

describe("GRP-01 options that are refused", () => {
  // What JavaScript users may write.
  const untyped =
    (options: object): (() => unknown) =>
    () =>
      new SpeakerTransitions(agents, options);

  for (const [title, options, message] of [
    [
      "repeat and transitions",
      { allowRepeatSpeaker: false, allowedOrDisallowedSpeakerTransitions: {}, speakerTransitionsType: "allowed" },
      "both given",
    ],
    ["transitions without their type", { allowedOrDisallowedSpeakerTransitions: { a: ["b"] } }, "without its type"],
    ["an unknown type", { speakerTransitionsType: "sometimes" }, '"sometimes". Pass "allowed" or "disallowed"'],
    ["a type that is no text", { speakerTransitionsType: 1 }, '1. Pass "allowed"'],
    ["repeat that is neither", { allowRepeatSpeaker: "yes" }, "neither a boolean nor a list"],
    ["repeat of a stranger", { allowRepeatSpeaker: [stranger] }, "agent `stranger`, which takes no part"],
    ["repeat of a name", { allowRepeatSpeaker: ["a"] }, "something that is no agent"],
    ["a list in place of a table", { allowedOrDisallowedSpeakerTransitions: [a], speakerTransitionsType: "allowed" }, "no table"],
    [
      "a name that nobody has",
      { allowedOrDisallowedSpeakerTransitions: { a: ["d"] }, speakerTransitionsType: "allowed" },
      "name `d`, but the participants are `a`, `b`, `c`",
    ],
    [
      "a name like a property of objects",
      { allowedOrDisallowedSpeakerTransitions: { a: ["constructor"] }, speakerTransitionsType: "allowed" },
      "name `constructor`",
    ],
    [
      "a key that takes no part",
      { allowedOrDisallowedSpeakerTransitions: new Map([[stranger, [a]]]), speakerTransitionsType: "disallowed" },
      "entry for `stranger`",
    ],
    [
      "a name in place of a list",
      { allowedOrDisallowedSpeakerTransitions: { a: "b" }, speakerTransitionsType: "allowed" },
      "no list",
    ],
  ] as const) {
    test(`GRP-01 ${title}`, () => {
      assert.throws(untyped(options), (error) => {
        assert.ok(isAutogenError(error, "invalid-option"));
        assert.ok(error.message.includes(message), error.message);
        return true;
      });
    });
  }

  test("a type without transitions is no error", () => {
    assert.deepEqual(tableOf({ speakerTransitionsType: "allowed" }), tableOf());
  });
});

describe("GRP-33 checks of a table", () => {
  const kinds = (table: unknown): readonly string[] => checkGraph(table, agents).errors.map(({ kind }) => kind);

  test("GRP-33 four kinds of errors, all of them reported", () => {
    assert.deepEqual(kinds({ a: [b] }), ["not-a-map"]);
    assert.deepEqual(
      kinds(
        new Map<unknown, unknown>([
          [a, b],
          [stranger, [a]],
          [b, ["a"]],
        ]),
      ),
      ["not-a-list", "unknown-key", "not-an-agent"],
    );
  });

  test("GRP-33 three kinds of warnings, with the names", () => {
    const { errors, warnings } = checkGraph(
      new Map([
        [a, [stranger, stranger]],
        [b, []],
      ]),
      agents,
    );
    assert.deepEqual(errors, []);
    assert.deepEqual(
      warnings.map(({ kind, agents: about }) => [kind, about]),
      [
        ["isolated", ["b", "c"]],
        ["mismatch", ["b", "c", "stranger"]],
        ["duplicates", ["a"]],
      ],
    );
  });

  test("GRP-33 a table that leads to everybody has nothing to say", () => {
    assert.deepEqual(checkGraph(new Map([[a, [b, c]]]), agents), { errors: [], warnings: [] });
  });

  test("GRP-33 checkGraphValidity throws all errors as one and returns warnings", () => {
    assert.throws(
      () =>
        checkGraphValidity(
          new Map<unknown, unknown>([
            [a, b],
            [b, ["a"]],
          ]),
          agents,
        ),
      /follows `a` .* is no list.*"a"/u,
    );
    assert.deepEqual(
      checkGraphValidity(new Map([[a, [b, b, c]]]), agents).map(({ kind }) => kind),
      ["duplicates"],
    );
  });

  test("GRP-33 a group keeps the warnings of the table that holds", () => {
    const options = { allowedOrDisallowedSpeakerTransitions: new Map([[a, [b, c]]]), speakerTransitionsType: "allowed" } as const;
    assert.deepEqual(
      new SpeakerTransitions([...agents, stranger], options).warnings.map(({ kind }) => kind),
      ["isolated", "mismatch"],
    );
    const disallowed = { ...options, speakerTransitionsType: "disallowed" } as const;
    assert.deepEqual(new SpeakerTransitions([...agents, stranger], disallowed).warnings, []);
  });

  test("GRP-33 self loops and inversion", () => {
    assert.deepEqual(
      [hasSelfLoops(new Map([[a, [b, a]]])), hasSelfLoops(new Map([[a, [b]]])), hasSelfLoops(new Map())],
      [true, false, false],
    );
    assert.deepEqual(names(invertDisallowedToAllowed(new Map([[a, [b]]]), [a, b])), { a: ["a"], b: ["a", "b"] });
  });
});
