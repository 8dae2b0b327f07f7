/** Which vocabulary a model's tokens are of. Specification chapter 27, section 3. */

/** Vocabularies of OpenAI's models. */
export type EncodingName = "o200k_base" | "cl100k_base" | "p50k_base" | "r50k_base";

/** First match wins; families come with all their dated names. */
const FAMILIES: readonly (readonly [names: RegExp, encoding: EncodingName])[] = [
  [/^(?:gpt-4o|gpt-4\.[15]|gpt-5|chatgpt-4o|gpt-oss-|o[134](?:-|$))/, "o200k_base"],
  [/^(?:gpt-4|gpt-3\.5|text-embedding-ada-002|text-embedding-3-|davinci-002|babbage-002)/, "cl100k_base"],
  [/^(?:text-davinci-00[23]|code-davinci-00[12]|code-cushman-00[12]|davinci-codex|cushman-codex)$/, "p50k_base"],
  [/^(?:text-(?:davinci|curie|babbage|ada)-001|davinci|curie|babbage|ada)$/, "r50k_base"],
];

/** For models of which nothing is known. */
const USUAL: EncodingName = "cl100k_base";

/** The vocabulary of a model; `known` is false for a guess. */
export function encodingOf(model: string): { readonly encoding: EncodingName; readonly known: boolean } {
  const name = canonicalName(model).replace(/^ft:/, "");
  const family = FAMILIES.find(([names]) => names.test(name));
  return { encoding: family?.[1] ?? USUAL, known: family !== undefined };
}

/** One spelling of many: `gpt-35-turbo` and `gpt35-turbo` of Azure, `gpt4-32k`, `openai/gpt-4o` of routers. */
export function canonicalName(model: string): string {
  return model
    .replace(/^(?:openai|azure)\//, "")
    .replace(/^gpt-?35/, "gpt-3.5")
    .replace(/^gpt4/, "gpt-4");
}
