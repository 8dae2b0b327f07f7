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
  orAborted,
} from "../run/index.js";
import type { Price } from "./price-table.js";
import { computeCost, priceOf } from "./prices.js";

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
const LIMITS: readonly string[] = [
  "cost",
  "tokens",
  "calls",
  "toolCalls",
  "wallTimeMs",
] satisfies readonly (keyof BudgetLimits)[];
/** Answer tokens reserved for a request that does not limit them itself. */
const DEFAULT_ANSWER_TOKENS = 1024;
/** For estimates, as everywhere without a tokenizer. */
const CHARACTERS_PER_TOKEN = 4;

/** What is known of a request before it is made. */
interface RequestSize {
  /** Model and place. */
  readonly model: string;
  /** Tokens. */
  readonly prompt: number;
  /** Tokens of all answers together. */
  readonly answers: number;
  /** The list price; null when there is none, or it is not asked for. */
  readonly price: Price | null;
}

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
  /**
   * What requests of a model really cost, the dearest one: US dollars per token, or per US dollar of list price. Prices of
   * config entries are known to nobody else. 0 for a model without a price.
   */
  readonly #seen = new Map<string, number>();
  /** Requests that find out what a model costs; they never reject. */
  readonly #firstRequests = new Map<string, Promise<void>>();

  /** @throws AutogenError `invalid-option` for a limit that is no number above 0, or that there is none of: it would hold nothing */
  constructor(limits: BudgetLimits) {
    this.limits = limits;
    for (const [name, limit] of Object.entries(limits) as [string, unknown][]) {
      if (!LIMITS.includes(name))
        throw new AutogenError("invalid-option", `There is no limit \`budget.${name}\`. Pass ${LIMITS.join(", ")}.`);
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
      if (effect.kind === "tool") return await this.#hold({ ...NOTHING, toolCalls: 1 }, () => next(effect, execute));
      const request = effect.input as ModelRequest;
      const size = await this.#sizeOf(request);
      // Until a price is seen, nothing could be reserved that is sure to be enough.
      for (let first = this.#firstRequests.get(size.model); first !== undefined; first = this.#firstRequests.get(size.model))
        await orAborted(first, scope.signal);
      // Nothing is awaited from here to the reservation: no other request can come between.
      const wanted = this.#wanted(size);
      const found = this.#findOut(size);
      try {
        return await this.#hold(
          wanted,
          () => next(effect, execute),
          (output) => this.#spentOn(size, output as ModelResponse, wanted),
        );
      } finally {
        found?.();
      }
    };

  /** Reserves, does the work, and settles: what failed used nothing. */
  async #hold<T>(wanted: BudgetUse, work: () => Promise<T>, useOf: (output: T) => BudgetUse = () => wanted): Promise<T> {
    this.#reserve(wanted);
    let spent = NOTHING;
    try {
      const output = await work();
      spent = useOf(output);
      return output;
    } finally {
      const left = minus(this.#reserved, wanted);
      // Sums of fractions do not come back to 0 by themselves.
      this.#reserved = left.calls + left.toolCalls === 0 ? NOTHING : left;
      this.#used = plus(this.#used, spent);
    }
  }

  #checkTime(elapsed: number): void {
    const { wallTimeMs } = this.limits;
    if (wallTimeMs !== undefined && elapsed >= wallTimeMs) throw exhausted("wallTimeMs", elapsed, wallTimeMs);
  }

  #reserve(wanted: BudgetUse): void {
    for (const key of ["calls", "toolCalls", "tokens", "cost"] as const) {
      const limit = this.limits[key];
      const sum = this.#used[key] + this.#reserved[key] + wanted[key];
      if (limit !== undefined && wanted[key] > 0 && sum > limit) throw exhausted(key, sum, limit);
    }
    this.#reserved = plus(this.#reserved, wanted);
  }

  async #sizeOf({ body, endpoint, config }: ModelRequest): Promise<RequestSize> {
    const name = typeof body["model"] === "string" ? body["model"] : "";
    const model = `${String(config)} ${endpoint} ${name}`;
    if (this.limits.tokens === undefined && this.limits.cost === undefined) return { model, prompt: 0, answers: 0, price: null };
    const prompt = Math.ceil(lengthOf(body["messages"] ?? body["prompt"]) / CHARACTERS_PER_TOKEN);
    const answer = numberOf(body["max_completion_tokens"]) ?? numberOf(body["max_tokens"]) ?? DEFAULT_ANSWER_TOKENS;
    const answers = answer * (numberOf(body["n"]) ?? 1);
    return { model, prompt, answers, price: this.limits.cost === undefined ? null : await priceOf(name, { endpoint }) };
  }

  #wanted({ model, prompt, answers, price }: RequestSize): BudgetUse {
    const tokens = prompt + answers;
    const seen = this.#seen.get(model);
    const listed = computeCost({ prompt_tokens: prompt, completion_tokens: answers }, price);
    const cost = listed === null ? tokens * (seen ?? 0) : listed * Math.max(1, seen ?? 1);
    return { ...NOTHING, calls: 1, tokens, cost };
  }

  /** While nobody knows what the model costs, the next requests wait for this one. @returns what ends that */
  #findOut({ model }: RequestSize): (() => void) | undefined {
    if (this.limits.cost === undefined || this.#seen.has(model)) return undefined;
    let settle = (): void => undefined;
    const first = new Promise<void>((resolve) => {
      settle = resolve;
    });
    this.#firstRequests.set(model, first);
    return () => {
      this.#firstRequests.delete(model);
      settle();
    };
  }

  #spentOn({ model, price }: RequestSize, response: ModelResponse, wanted: BudgetUse): BudgetUse {
    const spent = spentOn(response, wanted);
    const measure = computeCost(response.usage, price) ?? spent.tokens;
    const rate = measure > 0 ? spent.cost / measure : 0;
    if (spent.calls > 0) this.#seen.set(model, Math.max(rate, this.#seen.get(model) ?? 0));
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
