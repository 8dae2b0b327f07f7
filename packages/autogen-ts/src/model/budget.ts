/**
 * Hard limits for a run and all its parts. Before each request its cost is reserved, afterwards the reservation is
 * settled by what was really used, so that parallel requests cannot overrun a limit together.
 */
import {
  AutogenError,
  type Effect,
  type EffectKind,
  type EffectLayer,
  type EffectTable,
  type Execute,
  type ModelRequest,
  type ModelResponse,
} from "../run/index.js";
import { priceOf } from "./prices.js";

/** What may be used. A limit that is left out does not hold. */
export interface BudgetLimits {
  /** US dollars, as far as prices are known. */
  readonly cost?: number;
  /** Prompts and answers together. */
  readonly tokens?: number;
  /** Requests to models; answers from caches do not count. */
  readonly calls?: number;
  readonly toolCalls?: number;
  /** Milliseconds from the first request on; looked at before each request. */
  readonly wallTimeMs?: number;
}

/** What was used, or is reserved for requests under way. */
export interface BudgetUse {
  readonly cost: number;
  readonly tokens: number;
  readonly calls: number;
  readonly toolCalls: number;
}

const NOTHING: BudgetUse = { cost: 0, tokens: 0, calls: 0, toolCalls: 0 };
/** Answer tokens reserved for a request that does not limit them itself. */
const DEFAULT_ANSWER_TOKENS = 1024;
/** For estimates, as everywhere without a tokenizer. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * One budget; hand it to one chat, or to several that share it. A request that could exceed it is not made: the chat
 * ends with `stopReason: "budget"`, its history is whole, and it can go on with another budget.
 */
export class Budget {
  /** The limits as given. */
  readonly limits: BudgetLimits;
  #used: BudgetUse = NOTHING;
  #reserved: BudgetUse = NOTHING;
  #start: number | undefined;
  /** Highest US dollars per token seen of a model, for those whose price only their config entry knows. */
  readonly #seenPrices = new Map<unknown, number>();

  /** @throws AutogenError `invalid-option` for a limit that is no number above 0 */
  constructor(limits: BudgetLimits) {
    this.limits = limits;
    for (const [name, limit] of Object.entries(limits) as [string, unknown][]) {
      if (limit === undefined || (typeof limit === "number" && limit > 0)) continue;
      throw new AutogenError("invalid-option", `\`budget.${name}\` is ${JSON.stringify(limit)}. Pass a number above 0.`);
    }
  }

  /** What was used so far; a snapshot. */
  get used(): BudgetUse {
    return this.#used;
  }

  /** What is reserved for requests under way; a snapshot. */
  get reserved(): BudgetUse {
    return this.#reserved;
  }

  /** The layer that holds effects to the limits. */
  readonly layer: EffectLayer =
    (next, scope) =>
    async <K extends EffectKind>(effect: Effect<K>, execute: Execute<K>): Promise<EffectTable[K]["output"]> => {
      if (effect.kind !== "model" && effect.kind !== "tool") return await next(effect, execute);
      this.#start ??= scope.now();
      this.#checkTime(scope.now() - this.#start);
      const wanted = effect.kind === "tool" ? { ...NOTHING, toolCalls: 1 } : await this.#estimate(effect.input as ModelRequest);
      this.#reserve(wanted);
      let spent = NOTHING;
      try {
        const output = await next(effect, execute);
        spent = effect.kind === "tool" ? wanted : this.#spentOn(effect.input as ModelRequest, output as ModelResponse, wanted);
        return output;
      } finally {
        this.#reserved = minus(this.#reserved, wanted);
        this.#used = plus(this.#used, spent);
      }
    };

  #checkTime(elapsed: number): void {
    const { wallTimeMs } = this.limits;
    if (wallTimeMs !== undefined && elapsed >= wallTimeMs) throw exhausted("wallTimeMs", elapsed, wallTimeMs);
  }

  /** Nothing is awaited between looking and reserving: no other request can come between. */
  #reserve(wanted: BudgetUse): void {
    for (const key of ["calls", "toolCalls", "tokens", "cost"] as const) {
      const limit = this.limits[key];
      const sum = this.#used[key] + this.#reserved[key] + wanted[key];
      if (limit !== undefined && wanted[key] > 0 && sum > limit) throw exhausted(key, sum, limit);
    }
    this.#reserved = plus(this.#reserved, wanted);
  }

  async #estimate({ body, endpoint }: ModelRequest): Promise<BudgetUse> {
    if (this.limits.tokens === undefined && this.limits.cost === undefined) return { ...NOTHING, calls: 1 };
    const prompt = Math.ceil(lengthOf(body["messages"] ?? body["prompt"]) / CHARACTERS_PER_TOKEN);
    const answer = numberOf(body["max_completion_tokens"]) ?? numberOf(body["max_tokens"]) ?? DEFAULT_ANSWER_TOKENS;
    const answers = answer * (numberOf(body["n"]) ?? 1);
    const price =
      this.limits.cost === undefined ? null : await priceOf(typeof body["model"] === "string" ? body["model"] : "", { endpoint });
    const seen = this.#seenPrices.get(body["model"]) ?? 0;
    const cost = price === null ? (prompt + answers) * seen : (prompt * price.prompt + answers * price.completion) / 1000;
    return { ...NOTHING, calls: 1, tokens: prompt + answers, cost };
  }

  #spentOn({ body }: ModelRequest, response: ModelResponse, wanted: BudgetUse): BudgetUse {
    const spent = spentOn(response, wanted);
    const perToken = spent.tokens > 0 ? spent.cost / spent.tokens : 0;
    const model = body["model"];
    if (perToken > (this.#seenPrices.get(model) ?? 0)) this.#seenPrices.set(model, perToken);
    return spent;
  }
}

function spentOn({ usage, cost, cached }: ModelResponse & { readonly cached?: boolean }, wanted: BudgetUse): BudgetUse {
  if (cached === true) return NOTHING;
  const { prompt_tokens, completion_tokens, total_tokens } = usage ?? {};
  const counted = total_tokens ?? (prompt_tokens === undefined ? undefined : prompt_tokens + (completion_tokens ?? 0));
  // Where an endpoint does not count, the estimate stands.
  return { ...NOTHING, calls: 1, tokens: counted ?? wanted.tokens, cost: cost ?? (usage == null ? wanted.cost : 0) };
}

const plus = (a: BudgetUse, b: BudgetUse): BudgetUse => combined(a, b, 1);
const minus = (a: BudgetUse, b: BudgetUse): BudgetUse => combined(a, b, -1);

const combined = (a: BudgetUse, b: BudgetUse, sign: 1 | -1): BudgetUse => ({
  cost: a.cost + sign * b.cost,
  tokens: a.tokens + sign * b.tokens,
  calls: a.calls + sign * b.calls,
  toolCalls: a.toolCalls + sign * b.toolCalls,
});

function exhausted(key: keyof BudgetLimits, sum: number, limit: number): AutogenError {
  return new AutogenError(
    "budget-exhausted",
    `The budget for \`${key}\` is used up: the next request could bring it to ${String(sum)} of ${String(limit)}. Go on with a larger budget.`,
    { details: { key, sum, limit } },
  );
}

/** Characters of all texts in a value. */
function lengthOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + lengthOf(item), 0);
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce<number>((sum, item) => sum + lengthOf(item), 0);
}

const numberOf = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;
