/**
 * Mistakes in an entry that would otherwise show late, after a paid request, or far from where they were made. Messages
 * name options and never show values, which may be keys.
 */
import { AutogenError } from "../run/index.js";
import { checkPrice } from "./prices.js";

/** Where an entry stands, for messages. */
export interface EntryPlace {
  /** The file, variable or option; begins a sentence. */
  readonly source: string;
  /** Index in the list; undefined when the options stand beside no list. */
  readonly index?: number | undefined;
}

const TEXTS = ["model", "api_key", "base_url", "api_type", "api_version", "azure_endpoint", "azure_deployment"] as const;
const ADDRESSES = ["base_url", "azure_endpoint"] as const;
const TABLES = ["default_headers", "default_query", "prices"] as const;

/**
 * Checks options that are written in the reference's names. Null stands for an option that is not given. What a client
 * of the user's own makes of its options is its own affair.
 *
 * @param option the value of an option; asked one by one, since merging options for this would be half of what an agent costs
 * @throws AutogenError `invalid-config`
 */
export function checkEntry(option: (key: string) => unknown, place: EntryPlace): void {
  if ((option("model_client_cls") ?? null) !== null) return;
  if (isGiven(option("api_base")) && isGiven(option("base_url")))
    throw entryProblem(place, "has both `api_base` and `base_url`", "Keep `base_url`; `api_base` is its old name");
  for (const key of TEXTS) {
    if (isGiven(option(key)) && typeof option(key) !== "string")
      throw entryProblem(place, `has a \`${key}\` that is no text`, "Write it in double quotes");
  }
  for (const key of ADDRESSES) checkAddress(option(key), key, place);
  for (const key of TABLES) {
    if (isGiven(option(key)) && typeof option(key) !== "object")
      throw entryProblem(place, `has \`${key}\` that are no object`, "Write names and values in braces: `{ name: value }`");
  }
  if (!["simple", "cached", undefined, null].some((known) => known === option("cost_model")))
    throw entryProblem(place, "has a `cost_model` that is not known", 'Write "simple" or "cached"');
  const retries = option("max_retries") ?? 0;
  if (!(typeof retries === "number" && Number.isInteger(retries) && retries >= 0))
    throw entryProblem(place, "has a `max_retries` that is no whole number from 0", "Write, for example, `max_retries: 2`");
  const prices: readonly unknown[] = Object.values(option("prices") ?? {});
  for (const price of [option("price"), ...prices]) if (isGiven(price)) checkPrice(price);
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

function checkAddress(url: unknown, key: string, place: EntryPlace): void {
  if (typeof url !== "string") return;
  const fix = "Write the whole address, such as `https://host/v1`";
  if (!/^https?:\/\//iu.test(url)) throw entryProblem(place, `has a \`${key}\` without \`https://\` or \`http://\``, fix);
  if (!URL.canParse(url)) throw entryProblem(place, `has a \`${key}\` that is no address`, fix);
}

/** @param what follows the name of the place, as in `has no model` */
export function entryProblem({ source, index }: EntryPlace, what: string, fix: string): AutogenError {
  const where = index === undefined ? "" : ` in entry ${String(index)}`;
  return new AutogenError("invalid-config", `${source} ${what}${where}. ${fix}.`, { details: { source } });
}
