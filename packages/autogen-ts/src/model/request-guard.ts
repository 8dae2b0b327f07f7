/** The seam for whatever keeps requests within what a model takes. Specification chapter 14, D14-9 and D14-11. */
import { AutogenError, type Run } from "../run/index.js";
import { ask, placeOf, type Answer, type Attempt } from "./attempt.js";
import type { CallsUnderWay } from "./cached-call.js";
import type { CreateOptions, WrapperResponse } from "./call.js";
import type { ContextCounts } from "./context-length.js";
import { failureKind, isModelError } from "./errors.js";
import type { ModelParams } from "./client.js";
import { PLAIN_QUESTION } from "./plain-question.js";
import { quotaOf } from "./quota.js";
import { modelOf } from "./wire-body.js";

/** Why an endpoint refused a request. */
export interface RequestRefusal extends ContextCounts {
  /** What is too small: the model's window, or what may be asked of the endpoint within a minute. */
  readonly of: "window" | "minute";
}

/** Whose request it is, and what may be known about it. */
export interface GuardScope {
  readonly run: Run;
  readonly agent: string;
  readonly model: string;
  /** Tokens per minute that the entry allows itself; null when it does not say. */
  readonly tokensPerMinute: number | null;
  /** Asks the same endpoints without any guard; counts like every request. */
  ask(messages: readonly object[]): Promise<string>;
}

/** Keeps requests within what a model takes: given as `context_guard` of an entry, a config or a call. */
export interface RequestGuard {
  /** The parameters to send; the same object when they will do. */
  fit(params: ModelParams, scope: GuardScope): ModelParams | Promise<ModelParams>;
  /** Parameters for one more try after the endpoint has refused these; null gives up. */
  refit(params: ModelParams, refusal: RequestRefusal, scope: GuardScope): ModelParams | null | Promise<ModelParams | null>;
}

/** What a guarded attempt needs of its wrapper. */
export interface Asking {
  readonly underWay: CallsUnderWay;
  create(options: CreateOptions): Promise<WrapperResponse>;
  textOf(response: WrapperResponse): string;
}

/** Asks within the limits of the attempt's guard, and once more when the endpoint finds the request too long. */
export function askGuarded(attempt: Attempt, asking: Asking): Promise<Answer> {
  const guard = guardOf(attempt);
  // Not a tick later than without this seam, for all who have no guard.
  if (guard === null || !Array.isArray(attempt.params["messages"])) return ask(attempt, asking.underWay);
  return askFitted(attempt, asking, guard);
}

async function askFitted(attempt: Attempt, asking: Asking, guard: RequestGuard): Promise<Answer> {
  const { run, agent } = attempt;
  const scope: GuardScope = {
    ...{ run, agent, model: modelOf(attempt.params), tokensPerMinute: quotaOfEntry(attempt) },
    ask: async (messages) => asking.textOf(await asking.create({ messages, run, agent, overrides: PLAIN_QUESTION })),
  };
  const fitted = { ...attempt, params: await guard.fit(attempt.params, scope) };
  try {
    return await ask(fitted, asking.underWay);
  } catch (error) {
    const refusal = refusalOf(error);
    const params = refusal === null ? null : await guard.refit(fitted.params, refusal, scope);
    if (params === null || !isModelError(error)) throw error;
    run.emit({ type: "llm.failed", agent, model: scope.model, config: placeOf(attempt).index, reason: error.message });
    return await ask({ ...attempt, params }, asking.underWay);
  }
}

function guardOf({ extra }: Attempt): RequestGuard | null {
  const guard = extra["context_guard"] ?? null;
  if (guard === null || guard === false) return null;
  const { fit, refit } = guard as Partial<Record<keyof RequestGuard, unknown>>;
  // Both methods are there; their types are the documented ones.
  if (typeof fit === "function" && typeof refit === "function") return guard as RequestGuard;
  throw new AutogenError(
    "invalid-option",
    "`context_guard` is no guard. Pass `new ContextGuard()` of `autogen-ts/transforms`, or an object with `fit` and `refit`.",
  );
}

function quotaOfEntry({ extra }: Attempt): number | null {
  const { tokens_per_minute: quota } = extra;
  return typeof quota === "number" && quota > 0 ? quota : null;
}

/** Null for errors that a shorter request would meet too. */
function refusalOf(error: unknown): RequestRefusal | null {
  if (!isModelError(error)) return null;
  const kind = failureKind(error);
  // Written by `modelError`.
  const details = error.details as ContextCounts & { readonly reason?: string };
  if (kind === "context_length") return { ...details, of: "window" };
  const quota = kind === "rate_limit" ? quotaOf(details.reason ?? "") : null;
  return quota === null ? null : { ...quota, of: "minute" };
}
