/** What is done in one sequence: two or three agents, what their models and tools give, and a few steps. */
import * as fc from "fast-check";
import { answer, listed, message, odd, replyResult } from "./odd-values.js";

export interface AgentPlan {
  readonly hasModel: boolean;
  readonly hasTools: boolean;
  readonly mode: "NEVER" | "TERMINATE" | "ALWAYS";
  readonly limit: number;
  /** What a reply function in front of the built-in ones gives, one after another; none when empty. */
  readonly replies: readonly unknown[];
  /** Hides each n-th message from the reply functions; 0: none. */
  readonly hides: number;
  /** What a hook puts in the place of outgoing messages, once each. */
  readonly swaps: readonly unknown[];
  readonly defaultAutoReply: unknown;
  readonly fillsTemplates: boolean;
}

export type Step =
  | {
      readonly kind: "send" | "receive";
      readonly from: number;
      readonly to: number;
      readonly message: unknown;
      readonly request: boolean | null;
    }
  | {
      readonly kind: "chat";
      readonly from: number;
      readonly to: number;
      readonly message: unknown;
      readonly byFunction: boolean;
      readonly maxTurns: number | null;
      readonly clearHistory: boolean;
      readonly summaryMethod: "last_msg" | "reflection_with_llm" | null;
      readonly carryover: unknown;
    }
  | { readonly kind: "reply"; readonly of: number; readonly to: number; readonly messages: readonly unknown[] | null }
  | { readonly kind: "save"; readonly of: number };

export interface Scenario {
  readonly agents: readonly AgentPlan[];
  /** The answers of all models, in turn; they start again at the end. */
  readonly answers: readonly unknown[];
  readonly lines: readonly string[];
  /** What the tool `odd` gives, and `fails` throws. */
  readonly toolResult: unknown;
  readonly steps: readonly Step[];
}

const rarely = <T>(value: fc.Arbitrary<T>, otherwise: T): fc.Arbitrary<T> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary: value });

const agent: fc.Arbitrary<AgentPlan> = fc.record({
  hasModel: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  hasTools: fc.boolean(),
  mode: rarely(fc.constantFrom("NEVER", "TERMINATE", "ALWAYS"), "NEVER"),
  limit: fc.constantFrom(1, 2, 4),
  replies: rarely(fc.array(replyResult, { maxLength: 3 }), []),
  hides: rarely(fc.constantFrom(2, 3), 0),
  swaps: rarely(fc.array(message, { maxLength: 2 }), []),
  defaultAutoReply: rarely(message, ""),
  fillsTemplates: rarely(fc.constant(true), false),
});

/** Of three; taken modulo the number of agents. */
const who = fc.nat({ max: 2 });
/** How many places further on the other agent stands: seldom it is the same one. */
const further = rarely(fc.constantFrom(0, 2, 3), 1);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom("send" as const, "send" as const, "receive" as const),
      from: who,
      to: further,
      message,
      request: fc.constantFrom(true, true, false, null),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("chat" as const),
      from: who,
      to: further,
      message,
      byFunction: rarely(fc.constant(true), false),
      maxTurns: fc.constantFrom(null, 1, 3),
      clearHistory: fc.boolean(),
      summaryMethod: fc.constantFrom("last_msg" as const, "last_msg" as const, "reflection_with_llm" as const, null),
      carryover: rarely<unknown>(odd, undefined),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("reply" as const),
      of: who,
      to: further,
      messages: fc.option(fc.array(listed, { maxLength: 6 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("save" as const), of: who }) },
);

export const scenario: fc.Arbitrary<Scenario> = fc.record({
  agents: fc.array(agent, { minLength: 2, maxLength: 3 }),
  answers: fc.array(answer, { minLength: 1, maxLength: 5 }),
  lines: fc.array(fc.constantFrom("", "exit", "go on", "TERMINATE"), { maxLength: 3 }),
  toolResult: odd,
  steps: fc.array(step, { minLength: 1, maxLength: 6 }),
});
