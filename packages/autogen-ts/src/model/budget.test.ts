import assert from "node:assert/strict";
import * as fc from "fast-check";
import { test } from "vitest";
import { fakeHost } from "../../test/fake-host.js";
import { pair, rejection, texts } from "../../test/pairs.js";
import { Budget, createRun, isAutogenError, type BudgetLimits, type ModelResponse, type Run } from "../core.js";

const answers = Array.from({ length: 20 }, (_, index) => `answer ${String(index)}`);

test("a chat ends before the request that could exceed its budget, with its history whole", async () => {
  const { user, bot, model, stream } = pair(answers);
  const result = await user.initiateChat(bot, { message: "go", budget: { calls: 3 }, stream });

  assert.equal(result.stopReason, "budget");
  assert.match(result.stopDetail ?? "", /`calls`/);
  assert.equal(model.requests.length, 3);
  assert.deepEqual(texts(result.chatHistory), ["go", "answer 0", "", "answer 1", "", "answer 2", ""]);
});

test("a chat that ran out of budget goes on with another one", async () => {
  const { user, bot, stream } = pair(answers);
  await user.initiateChat(bot, { message: "go", budget: { calls: 1 }, stream });
  const result = await user.initiateChat(bot, { message: "on", clearHistory: false, budget: { calls: 1 }, stream });
  assert.deepEqual(texts(result.chatHistory), ["go", "answer 0", "", "on", "answer 1", ""]);
});

test("tokens are reserved by the length of the prompt and the limit of the answer", async () => {
  const { user, bot, model, stream } = pair(answers, {}, { systemMessage: "x".repeat(400) });
  const tight = await user.initiateChat(bot, { message: "y".repeat(400), budget: { tokens: 200 + 1000 }, stream });
  const wide = await user.initiateChat(bot, { message: "y".repeat(400), budget: { tokens: 200 + 1100 }, maxTurns: 1, stream });
  assert.deepEqual([tight.stopReason, wide.stopReason, model.requests.length], ["budget", "max-turns", 1]);
});

test("tool calls are limited too", async () => {
  const call = { tool_calls: [{ id: "1", type: "function" as const, function: { name: "f", arguments: "{}" } }] };
  const { user, bot, stream } = pair([call, call, call], { functionMap: { f: () => "r" } });
  const result = await user.initiateChat(bot, { message: "go", budget: { toolCalls: 2 }, stream });
  assert.equal(result.stopReason, "budget");
  assert.equal(result.chatHistory.filter(({ role }) => role === "tool").length, 2);
});

test("time is limited from the first request on", async () => {
  const { user, bot, stream } = pair(answers);
  let now = 0;
  const host = fakeHost({ now: () => (now += 30), stream: () => stream });
  const result = await user.initiateChat(bot, { message: "go", budget: { wallTimeMs: 100 }, host });
  assert.equal(result.stopReason, "budget");
  assert.ok(result.chatHistory.length > 1);
});

test("one budget shared by several chats holds for all of them", async () => {
  const budget = new Budget({ calls: 5 });
  const pairs = [pair(answers), pair(answers), pair(answers)];
  const results = await Promise.all(
    pairs.map(({ user, bot, stream }) => user.initiateChat(bot, { message: "go", budget, stream })),
  );
  assert.ok(results.every(({ stopReason }) => stopReason === "budget"));
  assert.equal(
    pairs.reduce((sum, { model }) => sum + model.requests.length, 0),
    5,
  );
  assert.deepEqual([budget.used.calls, budget.reserved], [5, { cost: 0, tokens: 0, calls: 0, toolCalls: 0 }]);
});

test("a summary that the budget does not allow is empty, with a warning", async () => {
  const { user, bot, stream } = pair(answers);
  const result = await user.initiateChat(bot, {
    message: "go",
    maxTurns: 1,
    budget: { calls: 1 },
    summaryMethod: "reflection_with_llm",
    stream,
  });
  assert.deepEqual([result.summary, stream.warnings.length], ["", 1]);
});

for (const limits of [{ calls: 0 }, { cost: -1 }, { tokens: Number.NaN }, { wallTimeMs: "5" }, { maxCalls: 3 }]) {
  test(`bad input: a budget of ${JSON.stringify(limits)} is refused`, () => {
    assert.throws(() => new Budget(limits as BudgetLimits), { code: "invalid-option" });
  });
}

/** One request of `prompt` characters that allows `limit` answer tokens and really uses a part of what it reserved. */
async function ask(
  run: Run,
  { prompt, limit, share }: { readonly prompt: number; readonly limit: number; readonly share: number },
): Promise<void> {
  const reserved = Math.ceil(prompt / 4) + limit;
  const used = Math.floor(reserved * share);
  const body = { model: "unknown-model", messages: [{ role: "user", content: "x".repeat(prompt) }], max_tokens: limit };
  const answer: ModelResponse = {
    model: "unknown-model",
    choices: [],
    usage: { prompt_tokens: used, completion_tokens: 0, total_tokens: used },
  };
  await run.perform("model", "m", { api: "chat", endpoint: "", config: 0, body }, async () => {
    for (let tick = 0; tick < used % 5; tick += 1) await Promise.resolve();
    return answer;
  });
}

test("50 parallel parts never use more than the budget, whatever they ask for", async () => {
  const request = fc.record({
    prompt: fc.nat(2_000),
    limit: fc.integer({ min: 1, max: 500 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(request, { minLength: 50, maxLength: 50 }),
      fc.integer({ min: 1, max: 20_000 }),
      async (requests, tokens) => {
        const budget = new Budget({ tokens });
        const run = createRun({ host: fakeHost(), layers: [budget.layer] });
        const outcomes = await Promise.allSettled(requests.map((one) => ask(run.child("part"), one)));
        for (const outcome of outcomes)
          if (outcome.status === "rejected") assert.ok(isAutogenError(outcome.reason, "budget-exhausted"));
        assert.ok(budget.used.tokens <= tokens);
        assert.deepEqual(budget.reserved, { cost: 0, tokens: 0, calls: 0, toolCalls: 0 });
      },
    ),
    { numRuns: 200, seed: 20261121 },
  );
});

test("50 parallel parts never use more money than one request above the budget, whoever knows the price", async () => {
  const request = fc.record({
    prompt: fc.nat(2_000),
    limit: fc.integer({ min: 1, max: 500 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  // On no list, and on one with another price than that of its entry.
  const model = fc.constantFrom("unknown-model", "gpt-4o");
  await fc.assert(
    fc.asyncProperty(
      fc.array(request, { minLength: 50, maxLength: 50 }),
      fc.double({ min: 0.01, max: 20, noNaN: true }),
      fc.double({ min: 0.001, max: 3, noNaN: true }),
      model,
      async (requests, limit, price, name) => {
        const budget = new Budget({ cost: limit });
        const run = createRun({ host: fakeHost(), layers: [budget.layer] });
        let most = 0;
        const outcomes = await Promise.allSettled(
          requests.map(async ({ prompt, limit: allowed, share }) => {
            const used = Math.max(1, Math.floor((Math.ceil(prompt / 4) + allowed) * share));
            most = Math.max(most, ((Math.ceil(prompt / 4) + allowed) * price) / 1000);
            const body = { model: name, messages: [{ role: "user", content: "x".repeat(prompt) }], max_tokens: allowed };
            const usage = { prompt_tokens: used, completion_tokens: 0, total_tokens: used };
            await run
              .child("part")
              .perform("model", "m", { api: "chat", endpoint: "https://api.openai.com/v1", config: 0, body }, async () => {
                for (let tick = 0; tick < used % 5; tick += 1) await Promise.resolve();
                return { model: name, choices: [], usage, cost: (used * price) / 1000 };
              });
          }),
        );
        for (const outcome of outcomes)
          if (outcome.status === "rejected") assert.ok(isAutogenError(outcome.reason, "budget-exhausted"));
        assert.ok(budget.used.cost <= limit + most, `${String(budget.used.cost)} of ${String(limit)}`);
        assert.deepEqual(budget.reserved, { cost: 0, tokens: 0, calls: 0, toolCalls: 0 });
      },
    ),
    { numRuns: 200, seed: 20261121 },
  );
});

test("a chat of which nobody knows the price is not held up by a budget of money", async () => {
  const { user, bot, model, stream } = pair(answers);
  const result = await user.initiateChat(bot, { message: "go", maxTurns: 3, budget: { cost: 1 }, stream });
  assert.deepEqual([result.stopReason, model.requests.length], ["max-turns", 3]);
});

test("an abort ends the wait for the request that finds out a price", async () => {
  const budget = new Budget({ cost: 1 });
  const controller = new AbortController();
  const askIn = (run: Run, answer: () => Promise<ModelResponse>): Promise<ModelResponse> =>
    run.perform("model", "m", { api: "chat", endpoint: "", config: 0, body: { model: "m" } }, answer);
  let finish: ((response: ModelResponse) => void) | undefined;
  const first = askIn(
    createRun({ host: fakeHost(), layers: [budget.layer] }),
    () => new Promise((resolve) => (finish = resolve)),
  );
  const run = createRun({ host: fakeHost(), layers: [budget.layer], signal: controller.signal });
  const second = rejection(askIn(run, () => Promise.reject(new Error("asked too early"))));
  controller.abort();
  assert.ok(isAutogenError(await second, "aborted"));
  finish?.({ model: "m", choices: [] });
  await first;
});

test("a request that fails gives its reservation back", async () => {
  const budget = new Budget({ tokens: 2_000 });
  const run = createRun({ host: fakeHost(), layers: [budget.layer] });
  const fail = (): Promise<unknown> =>
    run.perform("model", "m", { api: "chat", endpoint: "", config: 0, body: {} }, () => Promise.reject(new Error("down")));
  for (let index = 0; index < 5; index += 1) assert.match(String(await rejection(fail())), /down/);
  assert.deepEqual(budget.used, { cost: 0, tokens: 0, calls: 0, toolCalls: 0 });
});
