/**
 * What a request costs. Behaviour: specification chapter 20, section 10, and chapter 27, section 1.
 * Figures come from the entry, from the user's own prices, from a small table, and from a maintained catalogue.
 */
import { AutogenError, type ResponseUsage } from "../run/index.js";
import { isPrivateEndpoint } from "./endpoint.js";
import { cataloguePrice, plainNames } from "./price-catalogue.js";
import { tablePrice, type ListedPrice, type Price } from "./price-table.js";

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
 * The price of a model, by the name that responses carry: the entry's, the user's own, the table's, that of the catalogue,
 * then that of a model whose name differs in a date or a prefix only, as an estimate. List prices are not for models behind
 * a private address: a model on one's own machine has none, unless the table has it under exactly this name.
 *
 * @returns null when no price is known
 */
export async function priceOf(model: string, { price: own, prices, endpoint }: PriceOptions = {}): Promise<Price | null> {
  const listed = own ?? (prices !== undefined && Object.hasOwn(prices, model) ? prices[model] : undefined) ?? tablePrice(model);
  if (listed !== undefined && listed !== null) return checkPrice(listed);
  if (endpoint !== undefined && isPrivateEndpoint(endpoint)) return null;
  const exact = await cataloguePrice(model, endpoint);
  if (exact !== null) return exact;
  for (const name of plainNames(model)) {
    const similar = tablePrice(name);
    const price = similar === undefined ? await cataloguePrice(name, endpoint) : checkPrice(similar);
    if (price !== null) return { ...price, estimated: true };
  }
  return null;
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
