import assert from "node:assert/strict";
import { test } from "vitest";
import { compareCase } from "./case.mjs";
import { patched, REMOVED } from "./patch.mjs";
import { textsAgree } from "./texts.mjs";

const outcome = (more) => ({ steps: [{}], ...more });
const differs = (want, got, rules) => compareCase(outcome(want), outcome(got), rules)?.path ?? null;
const request = (body, endpoint = "x") => ({ endpoint, body });

test("rule 1: keys have no order, and numbers may differ by one part in 10⁹", () => {
  const want = { files: { a: "1", b: "2" }, steps: [{ result: { n: 0.3, m: 1 } }] };
  assert.equal(differs(want, { files: { b: "2", a: "1" }, steps: [{ result: { m: 1, n: 0.1 + 0.2 } }] }), null);
  assert.equal(differs({ inputs_left: 1 }, { inputs_left: 1.001 }), "inputs_left");
});

for (const [want, got, agree] of /** @type {const} */ ([
  ["same", "same", true],
  ["same", "other", false],
  ["a <text:kind:fact> z", "a whatever it says z", true],
  ["a <text:kind:fact> z", "a\nz", false],
  ["a <any:kind> z", "a \n\n z", true],
  ["(.*) <text:x>", "(.*) y", true],
  ["(.*) <text:x>", "abc y", false],
])) {
  test(`rules 2 and 3: ${JSON.stringify(want)} and ${JSON.stringify(got)} ${agree ? "agree" : "differ"}`, () => {
    assert.equal(textsAgree(want, got), agree);
  });
}

test("rule 4: in requests null counts as absent, content excepted, and so does `stream: false`", () => {
  const want = { requests: [request({ messages: [{ content: null, role: "user" }], n: null })] };
  assert.equal(
    differs(want, { requests: [request({ messages: [{ content: null, role: "user", name: null }], stream: false })] }),
    null,
  );
  assert.equal(differs(want, { requests: [request({ messages: [{ role: "user" }] })] }), "requests[0].body.messages[0].content");
  assert.equal(differs(want, { requests: [request({ ...want.requests[0].body, stream: true })] }), "requests[0].body.stream");
});

test("rule 5: what tools gave back is compared as JSON, piece by piece", () => {
  const answer = (content, role = "tool") => ({ histories: { a: { b: [{ role, content }] } } });
  assert.equal(differs(answer('{"a": 1.0}\n\ntext'), answer('{"a":1}\n\ntext')), null);
  assert.equal(differs(answer('{"a": 1}'), answer('{"a":2}')), "histories.a.b[0].content.a");
  assert.equal(differs(answer('{"a": 1}', "user"), answer('{"a":1}', "user")), "histories.a.b[0].content");
});

test("rule 6: of an error only its kind counts", () => {
  const error = (type, more) => ({ steps: [{ error: { type, ...more } }] });
  assert.equal(differs(error("ValueError"), error("invalid-option")), null);
  assert.equal(differs(error("ValueError"), {}), "steps[0].error");
  assert.equal(differs({}, error("invalid-option")), "steps[0]");
  assert.equal(
    differs(error("RateLimitError", { status: 429 }), error("InternalServerError", { status: 500 })),
    "steps[0].error",
  );
  assert.equal(differs(error("TimeoutError"), error("model-timeout")), null);
  assert.equal(differs(error("TimeoutError"), error("aborted")), "steps[0].error");
});

test("rows of tables: errors of any kind agree, values are compared", () => {
  const rows = (...result) => ({ steps: [{ result }] });
  assert.equal(differs(rows({ value: 1 }, { error: "KeyError" }), rows({ value: 1 }, { error: "Error" })), null);
  assert.equal(differs(rows({ error: "KeyError" }), rows({ value: 1 })), "steps[0].row[0]");
});

test("rule 7: requests of parallel chats are compared by endpoint, and their events without order", () => {
  const [x, y] = [request({ n: 1 }, "x"), request({ n: 2 }, "y")];
  const [want, got] = [
    { requests: [x, y], events: ["1", "2"] },
    { requests: [y, x], events: ["2", "1"] },
  ];
  assert.equal(differs(want, got), "requests[0].body.n");
  assert.equal(differs(want, got, { request_order: "per_endpoint" }), null);
});

test("rule 7: legal orders of speakers", () => {
  const rules = { mode: "invariants", invariants: { manager: "m", messages: 3, first: "a", legal: { a: ["b"], b: ["a"] } } };
  const spoken = (...names) => ({ group_messages: { m: names.map((name) => ({ name })) } });
  assert.equal(differs({}, spoken("a", "b", "a"), rules), null);
  assert.equal(differs({}, spoken("a", "b", "b"), rules), "group_messages.m[2]");
  assert.equal(differs({}, spoken("b", "a", "b"), rules), "group_messages.m");
});

test("rule 8: null and absent are not the same in histories", () => {
  const history = (message) => ({ histories: { a: { b: [message] } } });
  assert.equal(differs(history({ content: null, name: null }), history({ content: null })), "histories.a.b[0].name");
});

test("rule 10: the console is compared as one text unless the case says otherwise", () => {
  assert.equal(differs({ console: ["a", "<text:x>"] }, { console: ["a", "b"] }), null);
  assert.equal(differs({ console: ["a"] }, { console: ["b"] }), "console");
  assert.equal(differs({ console: ["a"] }, { console: ["b"] }, { console: "skip" }), null);
});

test("a failure while building agents is compared with nothing else", () => {
  assert.equal(compareCase({ setup_error: { type: "ValueError" } }, { setup_error: { type: "x" } }), null);
  assert.equal(compareCase({ setup_error: { type: "ValueError" } }, outcome({}))?.path, "setup_error");
});

test("parts of an expectation are replaced, added and removed", () => {
  const expected = { steps: [{ error: {} }], console: ["a"], requests: [] };
  const parts = { "/steps/0": { result: 1 }, "/console": REMOVED, "/files": { "a/b": "c" }, "/requests/-": { n: 1 } };
  assert.deepEqual(patched(expected, parts), { steps: [{ result: 1 }], requests: [{ n: 1 }], files: { "a/b": "c" } });
  assert.throws(() => patched(expected, { "/histories/a/b": 1 }), /no \/histories\/a\/b/);
});
