/** What a chat used, whoever asked: agents, summaries, tools that call models, chats inside of chats. */
import assert from "node:assert/strict";
import { test } from "vitest";
import { fakeHost } from "../../test/fake-host.js";
import { pair } from "../../test/pairs.js";
import { createRun, InMemoryCache, OpenAIWrapper, type ToolFunction } from "../core.js";
import { scriptedModel } from "../features/testing/index.js";

const byAgent = (a: { readonly agent: string }, b: { readonly agent: string }): number => a.agent.localeCompare(b.agent);

test("all that takes part in a run is in its ledger, by agent and model, answers of caches apart", async () => {
  const cache = new InMemoryCache();
  const inner = pair([{ content: "inner", usage: [1, 1], cost: 1, model: "small" }], {}, { name: "inner" });
  const lookUp = scriptedModel({ content: "found", usage: [2, 2], cost: 2, model: "search" });
  const nested: ToolFunction = async (_args, { run }) =>
    (await inner.user.initiateChat(inner.bot, { message: "m", maxTurns: 1, silent: true, cache, run })).summary;
  const search: ToolFunction = async (_args, { run }) => {
    const llm = new OpenAIWrapper(lookUp.llmConfig);
    const response = await llm.create({ messages: [{ role: "user", content: "q" }], run, agent: "search tool", cache });
    return response.choices[0]?.message?.content;
  };
  const call = (id: string, name: string) => ({ id, type: "function", function: { name, arguments: "{}" } }) as const;
  const calling = { tool_calls: [call("1", "nested"), call("2", "search")], usage: [4, 4], cost: 4 } as const;
  const { user, bot, stream } = pair(
    [calling, { content: "done", usage: [8, 8], cost: 8 }, { content: "sum", usage: [16, 16], cost: 16 }],
    { functionMap: { nested, search } },
  );
  const play = async () => {
    const run = createRun({ host: fakeHost({ stream: () => stream }) });
    const result = await user.initiateChat(bot, {
      message: "go",
      maxTurns: 2,
      summaryMethod: "reflection_with_llm",
      cache,
      stream,
      run,
    });
    return {
      result,
      rows: run.usage.rows.map(({ agent, model, cached, calls, totalTokens, cost }) => ({
        agent,
        model,
        cached,
        calls,
        totalTokens,
        cost,
      })),
    };
  };
  const expected = (cached: boolean) => [
    { agent: "bot", model: "scripted", cached, calls: 3, totalTokens: 56, cost: 28 },
    { agent: "inner", model: "small", cached, calls: 1, totalTokens: 2, cost: 1 },
    { agent: "search tool", model: "search", cached, calls: 1, totalTokens: 4, cost: 2 },
  ];

  const first = await play();
  assert.deepEqual(first.rows.toSorted(byAgent), expected(false));
  assert.equal(first.result.cost.usageExcludingCachedInference.total_cost, 31);

  // Scripts have run out: this one is answered by the caches, and pays nothing.
  const again = await play();
  assert.deepEqual(again.rows.toSorted(byAgent), expected(true));
  assert.equal(again.result.cost.usageExcludingCachedInference.total_cost, 0);
});
