/** Every transform on random histories; the same seed gives the same histories. */
import * as fc from "fast-check";
import type { HookContext, Message, ModelParams, TokenizerSource } from "../../src/core.js";
import type * as Transforms from "../../src/features/transforms/index.js";
import { history, type Placed } from "./histories.js";
import { assertWhole } from "./invariant.js";

/** The built package, or its sources. */
export type TransformLibrary = typeof Transforms;

export interface TransformFuzzOptions {
  readonly seed: number;
  readonly histories: number;
  /** Replays one failure: the `path` that it was reported with. */
  readonly path?: string;
}

/** How often each transform was tried, and how often it left something out. */
export type TransformTally = Map<string, { tried: number; shorter: number }>;

interface Numbers {
  readonly few: number;
  readonly tokens: number;
  readonly each: number;
  readonly first: boolean;
}

/** Four characters a token: vocabularies would take most of the time. */
const tokenizer: TokenizerSource = () => null;

const scripted = {
  config_list: [{ model: "scripted", model_client_cls: () => client }],
  cache_seed: null,
};
const response = { model: "scripted", choices: [{ message: { role: "assistant", content: "notes" } }] };
const client = { create: () => response, messageRetrieval: () => ["notes"], cost: () => 0, getUsage: () => ({}) };

function transformsOf(
  library: TransformLibrary,
  { few, tokens, each, first }: Numbers,
): Readonly<Record<string, Transforms.MessageTransform>> {
  const { MessageHistoryLimiter, MessageTokenLimiter, MessageSummarizer } = library;
  return {
    MessageHistoryLimiter: new MessageHistoryLimiter({ maxMessages: few, keepFirstMessage: first }),
    "MessageTokenLimiter, total": new MessageTokenLimiter({ maxTokens: tokens, tokenizer }),
    "MessageTokenLimiter, per message": new MessageTokenLimiter({ maxTokensPerMessage: each, tokenizer }),
    "MessageTokenLimiter, both": new MessageTokenLimiter({ maxTokens: tokens, maxTokensPerMessage: each, tokenizer }),
    "MessageTokenLimiter, window": new MessageTokenLimiter({ maxTokens: "window", reservedTokens: 4096 - tokens * 2, tokenizer }),
    ToolResultLimiter: new library.ToolResultLimiter({ maxTokens: Math.max(1, each), tokenizer }),
    TextMessageContentName: new library.TextMessageContentName({ position: first ? "start" : "end" }),
    TextMessageCompressor: new library.TextMessageCompressor({
      textCompressor: new library.ExtractiveCompressor({ tokenizer }),
      compressionParams: { rate: first ? 0.2 : 0.6 },
      tokenizer,
    }),
    MessageSummarizer: new MessageSummarizer({
      summarizer: scripted,
      maxMessages: few + 1,
      keepMessages: few,
      keepFirstMessage: first,
      tokenizer,
    }),
  };
}

const numbers = fc.record({
  few: fc.integer({ min: 1, max: 8 }),
  tokens: fc.nat({ max: 60 }),
  each: fc.nat({ max: 20 }),
  first: fc.boolean(),
});

/** @throws Error with the smallest history that fails, its seed and its path */
export async function fuzzTransforms(
  library: TransformLibrary,
  context: Pick<Required<HookContext>, "run">,
  { seed, histories, path }: TransformFuzzOptions,
): Promise<TransformTally> {
  const tally: TransformTally = new Map();
  const property = fc.asyncProperty(history, numbers, async (before, given) => {
    const transforms = transformsOf(library, given);
    for (const [title, transform] of Object.entries(transforms)) {
      check(title, before, await transform.applyTransform(before, context), tally);
    }
    const all = new library.TransformMessages({ transforms: Object.values(transforms) });
    check("TransformMessages with all of them", before, await all.applyTransform(before, context), tally);
    for (const policy of ["trim", "summarize"] as const) {
      const guard = new library.ContextGuard({ policy, window: given.tokens * 3 + 1, keepFirstMessage: given.first, tokenizer });
      const params = await guard.fit({ messages: before }, scopeOf(context));
      check(`ContextGuard, ${policy}`, before, messagesOf(params), tally);
      const again = await guard.refit(params, { of: "window", limit: given.tokens + 1 }, scopeOf(context));
      if (again !== null) check(`ContextGuard, ${policy}, again`, before, messagesOf(again), tally);
    }
  });
  await fc.assert(property, { seed, numRuns: histories, ...(path === undefined ? {} : { path }) });
  return tally;
}

const messagesOf = ({ messages }: ModelParams): readonly Message[] => messages as readonly Message[];

const scopeOf = ({ run }: Pick<Required<HookContext>, "run">) => ({
  ...{ run, agent: "bot", model: "scripted", tokensPerMinute: null },
  ask: async () => await Promise.resolve("notes"),
});

function check(title: string, before: readonly Placed[], after: readonly Message[], tally: TransformTally): void {
  const row = tally.get(title) ?? { tried: 0, shorter: 0 };
  tally.set(title, row);
  row.tried += 1;
  if (JSON.stringify(after).length < JSON.stringify(before).length) row.shorter += 1;
  try {
    assertWhole(before, after);
  } catch (error) {
    throw new Error(`${title}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
