/**
 * List prices of the maintained package `@pydantic/genai-prices`, which brings them along: nothing is fetched. Chapter 27,
 * section 1. Loaded on first use, for models that the small table of this library does not have.
 */
import type { MatchLogic, ModelPrice } from "@pydantic/genai-prices";
import type { Price } from "./price-table.js";

/**
 * The list price of a model at this endpoint; with `estimated` when the catalogue knows the name by a rule only.
 *
 * @param endpoint tells the provider; OpenAI when absent
 * @returns null when provider or model are not known
 */
export async function cataloguePrice(model: string, endpoint: string | undefined): Promise<Price | null> {
  const { calcPrice } = await import("@pydantic/genai-prices");
  const provider = endpoint === undefined ? { providerId: "openai" } : { providerApiUrl: endpoint };
  // One token each: what is wanted is the list of rates, not the sum.
  const found = calcPrice({ input_tokens: 1, output_tokens: 1 }, model, provider);
  if (found === null) return null;
  const prompt = rate(found.model_price, "input_mtok");
  const completion = rate(found.model_price, "output_mtok");
  if (prompt === undefined || completion === undefined) return null;
  const cachedPrompt = rate(found.model_price, "cache_read_mtok");
  return {
    prompt,
    completion,
    ...(cachedPrompt === undefined ? {} : { cachedPrompt }),
    ...(names(found.model.match, model) ? {} : { estimated: true }),
  };
}

/** From US dollars per million tokens to those per 1 000. */
function rate(prices: ModelPrice, name: string): number | undefined {
  const value = prices[name];
  const perMillion = typeof value === "object" ? value.base : value;
  return perMillion === undefined ? undefined : perMillion / 1000;
}

/** Whether a rule names this model, rather than a family that it could be of. */
function names(rule: MatchLogic, model: string): boolean {
  if ("equals" in rule) return rule.equals === model;
  return "or" in rule && rule.or.some((one) => names(one, model));
}

/** The name without the provider in front, and without the date behind; none that is the name itself. */
export function plainNames(model: string): readonly string[] {
  const own = model.replace(/^(?:openai|azure)\//u, "").replace(/^gpt-35/u, "gpt-3.5");
  const undated = own.replace(/-(?:\d{4}-\d{2}-\d{2}|\d{4}|latest)$/u, "");
  return [...new Set([own, undated])].filter((name) => name !== model);
}
