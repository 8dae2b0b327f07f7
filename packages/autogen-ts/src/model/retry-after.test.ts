import assert from "node:assert/strict";
import { test } from "vitest";
import { retryAfterOf } from "./index.js";

const NOW = Date.UTC(2024, 0, 1, 12, 0, 0);
const OPENAI =
  "Rate limit reached for gpt-4 in organization org-x on tokens per min (TPM): Limit 10000, Used 9000, Requested 4518. Please try again in 21.108s. Visit https://example.org/limits to learn more.";

const ANSWERS: readonly (readonly [headers: Readonly<Record<string, string>>, text: string, ms: number | null])[] = [
  [{ "retry-after": "7" }, "", 7000],
  [{ "retry-after": "0.5" }, "", 500],
  [{ "retry-after": "0" }, "", 0],
  [{ "retry-after": "-3" }, "", 0],
  [{ "retry-after": "Mon, 01 Jan 2024 12:00:30 GMT" }, "", 30_000],
  [{ "retry-after": "Mon, 01 Jan 2024 12:00:30 GMT", date: "Mon, 01 Jan 2024 12:00:10 GMT" }, "", 20_000],
  [{ "retry-after": "Mon, 01 Jan 2024 11:00:00 GMT" }, "", 0],
  [{ "retry-after": "1m30s" }, "", 90_000],
  [{ "retry-after": "soon" }, "", null],
  [{ "retry-after-ms": "250", "retry-after": "1" }, "", 250],
  [{ "retry-after-ms": "none", "retry-after": "1" }, "", 1000],
  [{}, OPENAI, 21_108],
  [{ "retry-after": "22" }, OPENAI, 22_000],
  [{}, "Please try again in 6m0s.", 360_000],
  [{}, "Please try again in 250ms.", 250],
  [{}, "Please try again in 1h2m3.5s.", 3_723_500],
  [{}, "Please retry after 20 seconds.", 20_000],
  [{}, "Try again in 1 minute and 30 seconds", 90_000],
  [{}, "Please retry in 12.5s", 12_500],
  [{}, "Please retry your request", null],
  [{}, "Try again later; you may send 3 messages", null],
  [{ "x-ratelimit-reset-requests": "1m2s" }, "", 62_000],
  [{ "x-ratelimit-reset-tokens": "21.108s", "x-ratelimit-reset-requests": "120ms" }, "", 21_108],
  [{ "x-ratelimit-reset-tokens": "6m0s", "x-ratelimit-reset-requests": "9s", "x-ratelimit-remaining-requests": "0" }, "", 9000],
  [{ "x-ratelimit-reset-requests": "8" }, "", 8000],
  [{}, "", null],
];

for (const [headers, text, ms] of ANSWERS) {
  test(`INF-42 ${JSON.stringify(headers)} ${text.slice(-80)} asks for ${String(ms)} ms`, () => {
    assert.equal(retryAfterOf(new Headers(headers), text, NOW), ms);
  });
}

test("INF-42 without headers and without a clock, words count and dates do not", () => {
  assert.equal(retryAfterOf(null, "try again in 2s", null), 2000);
  assert.equal(retryAfterOf(new Headers({ "retry-after": "Mon, 01 Jan 2024 12:00:30 GMT" }), "", null), null);
});
