/** Requests that are larger than what an endpoint allows within a minute: no wait makes them possible. */

/** Tokens, as the endpoint says. */
export interface QuotaRefusal {
  readonly limit: number;
  /** Messages and the answer that was asked for; absent when the endpoint does not say. */
  readonly requested?: number;
}

/** OpenAI, Azure, Groq: `… on tokens per min (TPM): Limit 10000, Requested 12876.`, and the older `Limit: 10000 / min.` */
const TEXT =
  /tokens per min(?:ute)?\b.{0,40}?\blimit:?\s*(?<limit>\d[\d,]*)(?:\s*\/\s*min)?(?:,?\s*used:?\s*\d[\d,]*)?(?:,?\s*requested:?\s*(?<requested>\d[\d,]*))?/isu;

/** What the text of a refusal says; null when it is about something else, or when a wait is enough. */
export function quotaOf(text: string): QuotaRefusal | null {
  const groups = TEXT.exec(text)?.groups;
  if (groups === undefined) return null;
  const limit = numberOf(groups["limit"]);
  if (limit === null) return null;
  const requested = numberOf(groups["requested"]);
  if (requested === null) return { limit };
  return requested > limit ? { limit, requested } : null;
}

/** Whether the text says that the request can never be answered as it is. */
export const neverFits = (text: string): boolean => quotaOf(text)?.requested !== undefined;

const numberOf = (digits: string | undefined): number | null =>
  digits === undefined ? null : Number(digits.replaceAll(",", ""));
