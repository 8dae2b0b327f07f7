// @ts-check

/** @param {import("autogen-ts").ChatResult} result */
export function printCost({ cost, stopReason }) {
  const { total_cost: _total, ...models } = cost.usageExcludingCachedInference;
  console.log(`\nThe chat ended: ${stopReason}`);
  for (const [model, usage] of Object.entries(models)) {
    if (typeof usage !== "object" || usage === null) continue;
    console.log(`${model}: ${usage.prompt_tokens} tokens in, ${usage.completion_tokens} out, choices of speakers included`);
  }
}
