/** How many tokens a request may have. Specification chapter 27, section 2; newer models from the catalogue of prices. */
import { AutogenError } from "../../run/index.js";
import { canonicalName } from "./encoding.js";

/** Where a window is not known. */
export interface WindowOptions {
  /** Tokens for a model of which nothing is known. Without it that is an error. */
  readonly fallback?: number;
}

/** The model of functions here that are given none, as in the reference. */
export const DEFAULT_MODEL = "gpt-3.5-turbo-0613";

const WINDOWS: readonly (readonly [tokens: number, models: readonly string[]])[] = [
  [16385, ["gpt-3.5-turbo", "gpt-3.5-turbo-0125", "gpt-3.5-turbo-1106", "gpt-3.5-turbo-16k", "gpt-3.5-turbo-16k-0613"]],
  [4096, ["gpt-3.5-turbo-0301", "gpt-3.5-turbo-0613", "gpt-3.5-turbo-instruct"]],
  [8192, ["gpt-4", "gpt-4-0314", "gpt-4-0613"]],
  [32768, ["gpt-4-32k", "gpt-4-32k-0314", "gpt-4-32k-0613"]],
  [128000, ["gpt-4-turbo", "gpt-4-turbo-2024-04-09", "gpt-4-turbo-preview", "gpt-4-0125-preview", "gpt-4-1106-preview"]],
  [128000, ["gpt-4-vision-preview", "gpt-4-1106-vision-preview"]],
  [128000, ["gpt-4o", "gpt-4o-2024-05-13", "gpt-4o-2024-08-06", "gpt-4o-2024-11-20", "gpt-4o-mini", "gpt-4o-mini-2024-07-18"]],
];

export async function getMaxTokenLimit(model: string = DEFAULT_MODEL, { fallback }: WindowOptions = {}): Promise<number> {
  if (fallback !== undefined && !(fallback > 0))
    throw new AutogenError("invalid-option", `\`fallback\` is ${String(fallback)}. Pass a number of tokens above 0.`);
  const name = canonicalName(model);
  const tokens = WINDOWS.find(([, models]) => models.includes(name))?.[0] ?? (await catalogued(name)) ?? fallback;
  if (tokens !== undefined) return tokens;
  const message = `How many tokens model \`${model}\` can take is not known. Pass \`{ fallback: tokens }\`.`;
  throw new AutogenError("invalid-option", message, { details: { model } });
}

async function catalogued(model: string): Promise<number | undefined> {
  const { calcPrice } = await import("@pydantic/genai-prices");
  const usage = { input_tokens: 1 };
  const found = calcPrice(usage, model, { providerId: "openai" }) ?? calcPrice(usage, model);
  return found?.model.context_window;
}
