/** Random histories for transforms: with calls and their answers, near and far, missing, repeated and without ids. */
import * as fc from "fast-check";
import type { Message } from "../../src/core.js";

/** A message with its place in the history, which transforms carry along. */
export type Placed = Message & { readonly place: number };

const IDS = ["a", "b", "c", undefined] as const;

const id = fc.constantFrom(...IDS);
const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 40 }) },
  {
    weight: 3,
    arbitrary: fc
      .array(fc.constantFrom("the", "plan", "is", "42", "not", "Paris.", "why?", "\n"), { maxLength: 60 })
      .map((words) => words.join(" ")),
  },
  { weight: 1, arbitrary: fc.constantFrom("", " ", "敏捷的狐狸😀", "```js\nlet x = 1;\n```") },
);
const content = fc.oneof(
  { weight: 6, arbitrary: text },
  {
    weight: 1,
    arbitrary: fc.array(
      fc.oneof(
        text.map((one) => ({ type: "text" as const, text: one })),
        fc.constant({ type: "image_url" as const, image_url: { url: "data:image/png;base64,AAAA" } }),
      ),
      { maxLength: 3 },
    ),
  },
);
const name = fc.constantFrom("ann", "bob", undefined);

const withId = (given: string | undefined): object => (given === undefined ? {} : { id: given });
const answering = (given: string | undefined): object => (given === undefined ? {} : { tool_call_id: given });
const call = id.map((given) => ({ ...withId(given), type: "function" as const, function: { name: "f", arguments: "{}" } }));
const response = fc.record({ given: id, content: text }).map((one) => ({
  role: "tool" as const,
  content: one.content,
  ...answering(one.given),
}));

const spoken = fc
  .record({ role: fc.constantFrom("user", "assistant"), content, name })
  .map(({ name: who, ...rest }) => (who === undefined ? rest : { ...rest, name: who }));
const calling = fc
  .record({ content: fc.option(text), tool_calls: fc.array(call, { minLength: 1, maxLength: 2 }) })
  .map((one) => ({ ...one, role: "assistant" }));
const answer = fc
  .record({ content: text, given: id })
  .map((one) => ({ role: "tool", content: one.content, ...answering(one.given) }));
const answers = fc.record({
  role: fc.constantFrom("tool", "user"),
  content: text,
  tool_responses: fc.array(response, { minLength: 1, maxLength: 2 }),
});
const oldCall = fc.constant({ role: "assistant", content: null, function_call: { name: "g", arguments: "{}" } });
const oldAnswer = text.map((one) => ({ role: "function", name: "g", content: one }));
/** As chats make them: a call with its answer right behind. */
const exchange = fc.record({ one: calling, content: text }).map(({ one, content: given }) => [
  one,
  {
    role: "tool",
    content: given,
    tool_responses: one.tool_calls.map((made) => ({ role: "tool", content: given, ...answering((made as { id?: string }).id) })),
  },
]);

const piece: fc.Arbitrary<readonly object[]> = fc.oneof(
  { weight: 6, arbitrary: spoken.map((one) => [one]) },
  { weight: 3, arbitrary: exchange },
  { weight: 2, arbitrary: calling.map((one) => [one]) },
  { weight: 2, arbitrary: answer.map((one) => [one]) },
  { weight: 1, arbitrary: answers.map((one) => [one]) },
  { weight: 1, arbitrary: oldCall.map((one) => [one]) },
  { weight: 1, arbitrary: oldAnswer.map((one) => [one]) },
);
const system = fc.record({ role: fc.constant("system"), content: text });

/** Frozen, as stored messages are. */
export const history: fc.Arbitrary<readonly Placed[]> = fc
  .record({ head: fc.option(system), pieces: fc.array(piece, { minLength: 1, maxLength: 8 }) })
  .map(({ head, pieces }) =>
    [...(head === null ? [] : [head]), ...pieces.flat()].map((message, place) => placed(message, place)),
  );

// The arbitraries above make messages key by key, which the compiler cannot follow.
const placed = (message: object, place: number): Placed => frozen({ ...message, place }) as Placed;

function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}
