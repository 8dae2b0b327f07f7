/**
 * Prices of OpenAI's models up to late 2024, US dollars per 1 000 tokens. Exact names; they come first so that costs
 * agree with the reference's (specification chapter 27, section 1). Newer models: `prices.ts`.
 */

/** US dollars per 1 000 tokens: `[prompt, completion]`, or one number for both. */
export type ListedPrice = readonly [prompt: number, completion: number] | number;

/** What tokens of a model cost. */
export interface Price {
  /** US dollars per 1 000 prompt tokens. */
  readonly prompt: number;
  /** US dollars per 1 000 completion tokens. */
  readonly completion: number;
  /** US dollars per 1 000 prompt tokens that the endpoint had in its own cache; absent when not known. */
  readonly cachedPrompt?: number;
  /** Set when it is the list price of a model with nearly this name: without a date, or without the name of a provider. */
  readonly estimated?: true;
}

const PAIRS: Readonly<Record<string, ListedPrice>> = {
  "gpt-4o": [0.005, 0.015],
  "gpt-4o-2024-05-13": [0.005, 0.015],
  "gpt-4o-2024-08-06": [0.0025, 0.01],
  "gpt-4o-mini": [0.00015, 0.0006],
  "gpt-4o-mini-2024-07-18": [0.00015, 0.0006],
  "gpt-4-turbo-2024-04-09": [0.01, 0.03],
  "gpt-4-0125-preview": [0.01, 0.03],
  "gpt-4-1106-preview": [0.01, 0.03],
  "gpt-4-1106-vision-preview": [0.01, 0.03],
  "gpt-4": [0.03, 0.06],
  "gpt-4-0314": [0.03, 0.06],
  "gpt-4-0613": [0.03, 0.06],
  "gpt-4-32k": [0.06, 0.12],
  "gpt-4-32k-0314": [0.06, 0.12],
  "gpt-4-32k-0613": [0.06, 0.12],
  "gpt-3.5-turbo": [0.0005, 0.0015],
  "gpt-3.5-turbo-0125": [0.0005, 0.0015],
  "gpt-3.5-turbo-1106": [0.001, 0.002],
  "gpt-3.5-turbo-0613": [0.0015, 0.002],
  "gpt-3.5-turbo-0301": [0.0015, 0.002],
  "gpt-3.5-turbo-16k-0613": [0.003, 0.004],
  "gpt-3.5-turbo-instruct": [0.0015, 0.002],
  "davinci-002": 0.002,
  "babbage-002": 0.0004,
  "text-davinci-002": 0.02,
  "text-davinci-003": 0.02,
  "text-curie-001": 0.002,
  "text-babbage-001": 0.0005,
  "text-ada-001": 0.0004,
  "code-davinci-002": 0.1,
  "code-cushman-001": 0.024,
};

/** The price of exactly this name; Azure spells `gpt-3.5` without the dot. */
export function tablePrice(model: string): ListedPrice | undefined {
  const name = model.startsWith("gpt-35-") ? `gpt-3.5-${model.slice("gpt-35-".length)}` : model;
  return Object.hasOwn(PAIRS, name) ? PAIRS[name] : undefined;
}
