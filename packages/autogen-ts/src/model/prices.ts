/**
 * What a request costs. Behaviour: specification chapter 20, section 10, and chapter 27, section 1.
 * Figures come from the entry, from the user's own prices, from a small table, and from a maintained catalogue.
 */
import { AutogenError, type ResponseUsage } from "../run/index.js";
import { isPrivateEndpoint } from "./endpoint.js";
import { tablePrice, type ListedPrice } from "./price-table.js";

/** What tokens of a model cost. */
export interface Price {
  /** US dollars per 1 000 prompt tokens. */
  readonly prompt: number;
  /** US dollars per 1 000 completion tokens. */
  readonly completion: number;
  /** US dollars per 1 000 prompt tokens that the endpoint had in its own cache; absent when not known. */
  readonly cachedPrompt?: number;
}

/** Where else to look for a price. */
export interface PriceOptions {
  /** Price of the entry; wins over all else. */
  readonly price?: unknown;
  /** The user's own prices by model name. */
  readonly prices?: Readonly<Record<string, ListedPrice>>;
  /** Address of the endpoint, which tells the provider. @default OpenAI's own */
  readonly endpoint?: string;
}

/**
 * The price of a model, by the exact name that responses carry: the entry's, the user's own, the table's, then that
 * of the catalogue, which knows dated names. The catalogue is not asked about models behind a private address: a model
 * on one's own machine has no list price.
 *
 * @returns null when no price is known
 */
export async function priceOf(model: string, { price, prices, endpoint }: PriceOptions = {}): Promise<Price | null> {
  const listed = price ?? (prices !== undefined && Object.hasOwn(prices, model) ? prices[model] : undefined) ?? tablePrice(model);
  if (listed !== undefined && listed !== null) return checkPrice(listed);
  if (endpoint !== undefined && isPrivateEndpoint(endpoint)) return null;
  return await cataloguePrice(model, endpoint);
}

/**
 * US dollars, not rounded. Prompt tokens from the endpoint's cache cost less where a rate for them is known; the
 * reference's formula otherwise. Missing counts are 0.
 *
 * @returns null without a price
 */
export function computeCost(usage: ResponseUsage | null | undefined, price: Price | null): number | null {
  if (price === null) return null;
  const prompt = usage?.prompt_tokens ?? 0;
  const completion = usage?.completion_tokens ?? 0;
  const { cachedPrompt = price.prompt } = price;
  const cached = cachedPrompt === price.prompt ? 0 : Math.min(cachedTokens(usage), prompt);
  if (cached === 0 && price.prompt === price.completion) return (price.prompt * (prompt + completion)) / 1000;
  return (cached * cachedPrompt + (prompt - cached) * price.prompt + completion * price.completion) / 1000;
}

/** @throws AutogenError `invalid-config` when it is neither a number nor a pair of numbers, from 0 */
export function checkPrice(listed: unknown): Price {
  const [prompt, completion] = Array.isArray(listed) ? (listed as readonly unknown[]) : [listed, listed];
  const valid = !Array.isArray(listed) || listed.length === 2;
  if (!valid || !isRate(prompt) || !isRate(completion)) {
    throw new AutogenError(
      "invalid-config",
      "`price` is not understood. Write `[prompt, completion]`, two numbers in US dollars per 1 000 tokens.",
    );
  }
  return { prompt, completion };
}

const isRate = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value) && value >= 0;

function cachedTokens(usage: ResponseUsage | null | undefined): number {
  const details = usage?.["prompt_tokens_details"];
  if (typeof details !== "object" || details === null || !("cached_tokens" in details)) return 0;
  return typeof details.cached_tokens === "number" ? details.cached_tokens : 0;
}

async function cataloguePrice(model: string, endpoint: string | undefined): Promise<Price | null> {
  const { calcPrice } = await import("@pydantic/genai-prices");
  // One token each: what is wanted is the list of rates, not the sum.
  const found = calcPrice(
    { input_tokens: 1, output_tokens: 1 },
    model,
    endpoint === undefined ? { providerId: "openai" } : { providerApiUrl: endpoint },
  );
  const rate = (name: string): number | undefined => {
    const value = found?.model_price[name];
    return typeof value === "object" ? value.base / 1000 : value === undefined ? undefined : value / 1000;
  };
  const prompt = rate("input_mtok");
  const completion = rate("output_mtok");
  if (prompt === undefined || completion === undefined) return null;
  const cachedPrompt = rate("cache_read_mtok");
  return { prompt, completion, ...(cachedPrompt === undefined ? {} : { cachedPrompt }) };
}
