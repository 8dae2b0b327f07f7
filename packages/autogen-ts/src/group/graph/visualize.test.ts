import assert from "node:assert/strict";
import { describe, test } from "vitest";
import {
  ConversableAgent,
  countSpeakerTurns,
  visualizeSpeakerTransitions,
  type Agent,
  type Message,
  type RunEvent,
  type VisualizeOptions,
} from "../../core.js";

const agent = (name: string): Agent => ({ name, receive: () => undefined });
const [a, b, c] = [agent("a"), agent("b"), agent("c")];
const agents = [a, b, c];
const table = new Map([
  [a, [b, c]],
  [b, [a, b]],
]);
const lines = (options?: VisualizeOptions, over: ReadonlyMap<Agent, readonly Agent[]> = table): string[] =>
  visualizeSpeakerTransitions(over, agents, options).trimEnd().split("\n");
const said = (...names: string[]): Message[] => names.map((name) => ({ role: "user", content: "…", name }));

describe("GRP-33 pictures", () => {
  test("GRP-33 every agent is a node, every transition an edge, in Mermaid", () => {
    assert.deepEqual(lines(), [
      "flowchart TB",
      '  n0["a"]',
      '  n1["b"]',
      '  n2["c"]',
      "  n0 --> n1",
      "  n0 --> n2",
      "  n1 --> n0",
      "  n1 --> n1",
    ]);
  });

  test("GRP-33 the same nodes and edges in DOT", () => {
    const dot = visualizeSpeakerTransitions(table, agents, { format: "dot", direction: "LR" });
    assert.deepEqual(
      [...dot.matchAll(/^ {2}(n\d) \[label="(.)"/gmu)].map(([, id, name]) => [id, name]),
      [
        ["n0", "a"],
        ["n1", "b"],
        ["n2", "c"],
      ],
    );
    assert.deepEqual(dot.match(/n\d -> n\d/gu), ["n0 -> n1", "n0 -> n2", "n1 -> n0", "n1 -> n1"]);
    assert.match(dot, /rankdir=LR/u);
  });

  test("an agent listed twice has one edge; a stranger in the table is drawn, dashed", () => {
    const text = visualizeSpeakerTransitions(new Map([[a, [b, b, agent("d")]]]), [a, b]);
    assert.equal(
      text,
      'flowchart TB\n  n0["a"]\n  n1["b"]\n  n2["d"]\n  n0 --> n1\n  n0 --> n2\n  style n2 stroke-dasharray:4 3\n',
    );
  });

  test("teams are frames; an agent in two of them is an error", () => {
    assert.deepEqual(lines({ teams: { "Team 1": [a, b] } }).slice(1, 6), [
      '  subgraph t0["Team 1"]',
      '    n0["a"]',
      '    n1["b"]',
      "  end",
      '  n2["c"]',
    ]);
    assert.match(
      visualizeSpeakerTransitions(table, agents, { format: "dot", teams: { "Team 1": [a] } }),
      /subgraph cluster_t0 \{\n {4}label="Team 1"/u,
    );
    assert.throws(() => lines({ teams: { one: [a], two: [a] } }), { code: "invalid-option", message: /`a` is in two/u });
  });

  test("bad input: a table that is no Map, an unknown direction, an unknown format", () => {
    // What JavaScript users may write.
    const untyped = visualizeSpeakerTransitions as unknown as (...args: unknown[]) => string;
    assert.throws(() => untyped({ a: [b] }, agents), { code: "invalid-option" });
    assert.throws(() => untyped(table, agents, { direction: "up" }), { code: "invalid-option" });
    assert.throws(() => untyped(table, agents, { format: "pdf" }), TypeError);
  });
});

describe("a finished run on its edges", () => {
  const counts = countSpeakerTurns(said("a", "b", "a", "b", "c", "a"));

  test("counts stand on edges, turns not taken are dotted, unlisted ones red", () => {
    assert.deepEqual(lines({ counts }).slice(4), [
      "  n0 -->|2| n1",
      "  n0 -.-> n2",
      "  n1 -->|1| n0",
      "  n1 -.-> n1",
      "  n1 -->|1| n2",
      "  n2 -->|1| n0",
      "  linkStyle 4,5 stroke:#c2410c,stroke-width:2px",
    ]);
  });

  test("in DOT the width follows the count", () => {
    const dot = visualizeSpeakerTransitions(table, agents, { format: "dot", counts });
    assert.match(dot, /n0 -> n1 \[label=" 2 ", penwidth=3\.0\]/u);
    assert.match(dot, /n0 -> n2 \[style=dashed, color="#cbd5e1"\]/u);
    assert.match(dot, /n1 -> n2 \[label=" 1 ", penwidth=2\.0, color="#c2410c"/u);
  });

  test("an initiator from outside of the group is drawn too", () => {
    assert.ok(lines({ counts: countSpeakerTurns(said("guest", "a")) }).includes('  n3["guest"]'));
  });

  test("messages without a name are passed over", () => {
    const nameless: Message = { role: "user", content: "…" };
    assert.deepEqual(countSpeakerTurns([nameless, ...said("a"), nameless, ...said("b")]), new Map([["a", new Map([["b", 1]])]]));
  });

  test("events count for the group that they name; the initiator is known from the start of the chat", () => {
    const base = { path: "run", silent: false };
    const start = (from: string, to: string): RunEvent => ({ ...base, seq: 0, type: "chat.start", from, to });
    const selected = (group: string, name: string): RunEvent => ({
      ...base,
      seq: 0,
      type: "speaker.selected",
      group,
      agent: name,
      method: "auto",
      candidates: [],
      attempts: 1,
      tokens: 0,
    });
    const events = [
      start("a", "outer"),
      selected("outer", "b"),
      start("x", "inner"),
      selected("inner", "y"),
      selected("outer", "a"),
      start("a", "outer"),
      selected("outer", "b"),
    ];
    const shown = (counted: ReturnType<typeof countSpeakerTurns>): unknown =>
      [...counted].map(([from, next]) => [from, [...next]]);
    assert.deepEqual(shown(countSpeakerTurns(events)), [
      ["a", [["b", 2]]],
      ["x", [["y", 1]]],
      ["b", [["a", 1]]],
    ]);
    assert.deepEqual(shown(countSpeakerTurns(events, { group: "inner" })), [["x", [["y", 1]]]]);
  });
});

describe("names are somebody's text", () => {
  const named = (name: string, format: "mermaid" | "dot"): string =>
    visualizeSpeakerTransitions(new Map(), [new ConversableAgent({ name })], { format });

  for (const [name, label] of [
    ['x"]; click n0 "javascript:alert(1)', "x#34;#93;#59; click n0 #34;javascript#58;alert#40;1#41;"],
    ["<img src=x>", "#60;img src#61;x#62;"],
    ["%%{init: {}}%%", "#37;#37;#123;init#58; #123;#125;#125;#37;#37;"],
    ["`bold`", "#96;bold#96;"],
    ["1. one", "1#46; one"],
    ["- one", "#45; one"],
    ["two\nlines", "two lines"],
    ["a\u202eb", "a�b"],
    ["Ärztin_医生-1.5", "Ärztin_医生-1.5"],
  ] as const) {
    test(`Mermaid shows ${JSON.stringify(name)} as text`, () => {
      assert.equal(named(name, "mermaid"), `flowchart TB\n  n0["${label}"]\n`);
    });
  }

  test("DOT shows quotes, backslashes and escapes as text", () => {
    assert.match(named('a" -> b [URL="x"] \\N\\', "dot"), /label="a\\" -> b \[URL=\\"x\\"\] \\\\N\\\\", fillcolor/u);
  });

  test("long names are cut", () => {
    assert.equal(named("x".repeat(100), "mermaid"), `flowchart TB\n  n0["${"x".repeat(59)}…"]\n`);
  });
});
