/** Results of the library in the form in which cases record them. */
import { plain } from "./json.mjs";

/** @param {any} result a ChatResult */
export function recordedChat({ chatId, chatHistory, summary, cost, humanInput }) {
  return plain({
    chat_history: chatHistory,
    summary,
    cost: recordedReport(cost),
    human_input: humanInput,
    ...(chatId === null ? {} : { chat_id: chatId }),
  });
}

/** Usage with and without answers from caches. @param {any} report */
export function recordedReport({ usageIncludingCachedInference, usageExcludingCachedInference }) {
  return {
    usage_including_cached_inference: recordedUsage(usageIncludingCachedInference),
    usage_excluding_cached_inference: recordedUsage(usageExcludingCachedInference),
  };
}

/** One summary; an unknown cost counts as 0, as in what the reference prints. @param {any} summary */
export function recordedUsage(summary) {
  if (summary === null || summary === undefined) return null;
  const entries = Object.entries(summary).map(([key, value]) => {
    if (key === "total_cost") return [key, value ?? 0];
    return [key, { ...value, cost: value.cost ?? 0 }];
  });
  return Object.fromEntries(entries);
}

/** A reply, without the keys that have no value, `content` excepted. @param {any} reply */
export function cleaned(reply) {
  const value = plain(reply);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key, item]) => item !== null || key === "content"));
}
