/** Messages, replies and answers of every shape, most of them nearly right: those get the furthest. */
import * as fc from "fast-check";

/** What programs hand over by mistake or in bad faith. Made anew each time, so that nothing is shared. */
const ODD: readonly (() => unknown)[] = [
  () => null,
  () => undefined,
  () => Number.NaN,
  () => -0,
  () => Infinity,
  () => 7,
  () => 7n,
  () => true,
  () => "",
  () => "\uD800",
  () => Symbol("odd"),
  () => () => 7,
  () => [],
  () => [null, undefined, "x", 7],
  () => Object.assign(["a list with a hole"], { length: 2 }),
  () => ({}),
  () => Object.create(null) as unknown,
  () => JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}') as unknown,
  () => JSON.parse('{"toString":"x","valueOf":null,"then":"no promise","length":-1}') as unknown,
  () => new Date(0),
  () => new Map([["a", 1]]),
  () => new Error("odd"),
  () => ({
    toJSON: () => {
      throw new Error("toJSON");
    },
  }),
  () => cyclic(),
  () => nested(20),
  () => nested(20_000),
  () => "x".repeat(100_000),
];

function cyclic(): unknown {
  const value: Record<string, unknown> = { type: "text", text: "round and round" };
  value["self"] = value;
  value["list"] = [value];
  return value;
}

function nested(depth: number): unknown {
  let value: unknown = "core";
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { type: "text", deeper: value };
  return value;
}

export const odd: fc.Arbitrary<unknown> = fc.constantFrom(...ODD).map((make) => make());

/** Mostly `usual`, now and then something odd. */
const mostly = <T>(usual: fc.Arbitrary<T>, weight = 60): fc.Arbitrary<unknown> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: odd });

const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("hello", "go on", "```sh\necho hi\n```", "{name} {0} {", "exit", "") },
  { weight: 1, arbitrary: fc.constantFrom("TERMINATE", "done. TERMINATE", "TERMINATE this or not") },
  { weight: 1, arbitrary: fc.constantFrom("\uDFFF\uD800", "\u0000", "e\u0301👩‍👩‍👧", "__proto__") },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
);

/** Few of them, so that answers meet calls, and calls each other. */
const id: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom("a", "b", "c") },
  { weight: 10, arbitrary: fc.constantFrom(undefined, null, "", "a-2", "__proto__") },
  { weight: 1, arbitrary: odd },
);

const name: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom("works", "fails", "odd", "nested") },
  { weight: 10, arbitrary: fc.constantFrom("unknown", "__proto__", "constructor", "functions.works!", "", "n".repeat(80)) },
  { weight: 1, arbitrary: odd },
);

const callArguments: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom("{}", '{"a":1}', '{"a":"x\ny"}', "") },
  {
    weight: 10,
    arbitrary: fc.constantFrom('{"a":1,}', "[1]", "null", "7", "{", '{"__proto__":{"polluted":true}}', "[".repeat(9_000)),
  },
  { weight: 1, arbitrary: fc.constantFrom<unknown>({ a: 1 }, undefined, null) },
  { weight: 1, arbitrary: odd },
);

const functionCall: fc.Arbitrary<unknown> = mostly(
  fc.oneof(
    { weight: 12, arbitrary: fc.record({ name, arguments: callArguments }) },
    { weight: 1, arbitrary: fc.record({ name, arguments: callArguments }, { requiredKeys: [] }) },
  ),
);

const toolCall: fc.Arbitrary<unknown> = mostly(
  fc.oneof(
    { weight: 12, arbitrary: fc.record({ id, type: fc.constant("function"), function: functionCall }) },
    {
      weight: 1,
      arbitrary: fc.record({ id, type: mostly(fc.constant("function"), 2), function: functionCall }, { requiredKeys: [] }),
    },
  ),
);

const toolCalls = mostly(fc.array(toolCall, { maxLength: 4 }));

const part: fc.Arbitrary<unknown> = mostly(
  fc.oneof(
    fc.record({ type: fc.constant("text"), text: mostly(text) }),
    fc.record({ type: fc.constant("image_url"), image_url: mostly(fc.record({ url: mostly(text) })) }),
    fc.record({ type: fc.constantFrom("audio", "__proto__"), data: odd }),
  ),
);

const contentFunction: fc.Arbitrary<unknown> = fc.constantFrom(
  (context: object) => `written from ${Object.keys(context).join()}`,
  () => "TERMINATE",
  () => 7,
  () => undefined,
);

const content: fc.Arbitrary<unknown> = mostly(
  fc.oneof(
    { weight: 8, arbitrary: text },
    { weight: 2, arbitrary: fc.array(part, { maxLength: 3 }) },
    { weight: 2, arbitrary: fc.constantFrom(null, undefined) },
    { weight: 1, arbitrary: contentFunction },
  ),
);

const role: fc.Arbitrary<unknown> = mostly(
  fc.constantFrom("user", "assistant", "system", "tool", "function", "other", undefined),
);

const toolResponses = mostly(
  fc.array(
    mostly(
      fc.record(
        {
          role: fc.oneof({ weight: 12, arbitrary: fc.constant("tool") }, { weight: 1, arbitrary: role }),
          content,
          tool_call_id: id,
          name,
        },
        { requiredKeys: ["role"] },
      ),
    ),
    { maxLength: 4 },
  ),
);

const calling = fc.record({ content, tool_calls: toolCalls }, { requiredKeys: ["tool_calls"] });
const answering = fc.oneof(
  fc.record({ role: fc.constant("tool"), tool_call_id: id, content }),
  fc.record({ role: fc.constantFrom("tool", "user"), tool_responses: toolResponses, content }),
  fc.record({ role: fc.constant("function"), name, content }),
);
const anything = fc.record(
  {
    content,
    role,
    name,
    function_call: functionCall,
    tool_calls: toolCalls,
    tool_call_id: id,
    tool_responses: toolResponses,
    context: mostly(fc.record({ name: text }), 3),
    override_role: role,
    extra: odd,
    constructor: odd,
  },
  { requiredKeys: [] },
);

/** A message as somebody may hand it to `send`, `receive`, `generateReply` or a hook. */
export const message: fc.Arbitrary<unknown> = mostly(
  fc.oneof(
    { weight: 4, arbitrary: text },
    { weight: 5, arbitrary: calling },
    { weight: 4, arbitrary: answering },
    { weight: 3, arbitrary: anything },
    { weight: 1, arbitrary: fc.oneof(calling, answering, anything).map((value) => Object.freeze(value)) },
  ),
  100,
);

/** A message of a list that somebody hands to `generateReply`. */
export const listed: fc.Arbitrary<unknown> = mostly(
  message.map((value) => (typeof value === "string" ? { role: "user", content: value } : value)),
  100,
);

/** What a model answers: what stands in the first choice of its response. */
export const answer: fc.Arbitrary<unknown> = mostly(
  fc.oneof(
    { weight: 4, arbitrary: text },
    { weight: 5, arbitrary: fc.record({ role: fc.constant("assistant"), content, tool_calls: toolCalls }) },
    {
      weight: 1,
      arbitrary: fc.record({ role, content, function_call: functionCall, tool_calls: toolCalls }, { requiredKeys: [] }),
    },
  ),
);

/** What a reply function gives. */
export const replyResult: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([false, null]) },
  { weight: 6, arbitrary: fc.tuple(fc.constant(true), message) },
  { weight: 1, arbitrary: odd },
);
