import assert from "node:assert/strict";
import { test } from "vitest";
import { HI, scene, thrownBy } from "../../test/model-scene.js";
import type { ModelResponse } from "../run/index.js";
import { OpenAIWrapper, type ConfigEntry, type ModelClient, type ModelParams, type UsageRecord } from "./index.js";

/** Answers with the texts of its entry; `$error` is thrown. */
class CannedClient implements ModelClient {
  readonly made: readonly [entry: ConfigEntry, ...more: unknown[]];
  readonly asked: ModelParams[] = [];
  readonly #texts: string[];

  constructor(entry: ConfigEntry, ...more: unknown[]) {
    this.made = [entry, ...more];
    this.#texts = [...(entry["canned"] as string[])];
    made.push(this);
  }

  create(params: ModelParams): ModelResponse {
    this.asked.push(params);
    const content = this.#texts.shift() ?? "dry";
    if (content === "$error") throw new Error("canned error with my-secret-key");
    return {
      model: "own",
      choices: [{ message: { content } }],
      usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    };
  }

  messageRetrieval(response: ModelResponse): (string | null)[] {
    return response.choices.map(({ message }) => `own: ${message?.content ?? ""}`);
  }

  cost(): number {
    return 0.011;
  }

  getUsage({ usage, cost }: ModelResponse): Partial<UsageRecord> {
    return { ...(usage as Partial<UsageRecord>), cost: cost ?? null, model: "own" };
  }
}

const made: CannedClient[] = [];
const OWN = { model: "own", model_client_cls: "CannedClient", canned: ["one", "two"], api_key: "my-secret-key", tags: ["t"] };

test("INF-20 a client has to be registered before the first call, once per entry", async () => {
  await scene({}, async ({ run, events }) => {
    const llm = new OpenAIWrapper({ config_list: [OWN, OWN], cache_seed: null });
    const error = await thrownBy(llm.create({ messages: HI, run }));
    assert.equal(error.code, "invalid-state");
    assert.match(error.message, /`CannedClient`, `CannedClient`/);
    llm.registerModelClient(CannedClient);
    assert.equal((await thrownBy(llm.create({ messages: HI, run }))).code, "invalid-state");
    llm.registerModelClient(CannedClient);
    llm.registerModelClient(CannedClient);
    assert.equal((await llm.create({ messages: HI, run })).cost, 0.011);
    assert.ok(events.some((event) => event.type === "warning" && event.code === "model-client"));
  });
});

test("INF-20 a class that no entry asks for is an error", () => {
  assert.throws(() => new OpenAIWrapper({ model: "gpt-4" }).registerModelClient(CannedClient), { code: "invalid-config" });
});

test("INF-21 the class is made from the whole entry and the arguments; calls come without options of clients", async () => {
  await scene({}, async ({ run }) => {
    const llm = new OpenAIWrapper({ config_list: [OWN], cache_seed: null });
    llm.registerModelClient(CannedClient, { extra: 1 });
    const response = await llm.create({ messages: HI, temperature: 0.3, run });
    const client = made.at(-1);
    assert.deepEqual(client?.made, [OWN, { extra: 1 }]);
    const params = { messages: HI, temperature: 0.3, model: "own", model_client_cls: "CannedClient", canned: ["one", "two"] };
    assert.deepEqual(client?.asked, [params]);
    assert.deepEqual(llm.extractTextOrCompletionObject(response), ["own: one"]);
    const usage = { cost: 0.011, prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };
    assert.deepEqual(llm.totalUsageSummary, { total_cost: 0.011, own: usage });
  });
});

test("INF-20 the class itself or a function may stand in the entry", async () => {
  await scene({}, async ({ run }) => {
    for (const type of [CannedClient, (entry: ConfigEntry) => new CannedClient(entry)]) {
      const llm = new OpenAIWrapper({ config_list: [{ ...OWN, model_client_cls: type }], cache_seed: null });
      assert.equal((await llm.create({ messages: HI, run })).choices[0]?.message?.content, "one");
    }
  });
});

test("INF-22 a client that reports no usage is not accounted for", async () => {
  class FreeClient extends CannedClient {
    override getUsage(): Partial<UsageRecord> {
      return {};
    }
  }
  await scene({}, async ({ run, events }) => {
    const llm = new OpenAIWrapper({ config_list: [{ ...OWN, model_client_cls: FreeClient }], cache_seed: null });
    await llm.create({ messages: HI, run });
    assert.equal(llm.totalUsageSummary, null);
    assert.deepEqual(events.at(-1), { type: "llm.end", agent: "client", model: "own", usage: null, cached: false });
  });
});

test("INF-11 an error of an own client sends the call to the next entry; INF-38 its text is masked", async () => {
  await scene({ x: ["unused", { status: 500 }] }, async ({ run, wrapper }) => {
    const own = { ...OWN, model_client_cls: CannedClient, canned: ["$error", "$error"] };
    const llm = wrapper([own, { model: "gpt-4" }]);
    assert.equal((await llm.create({ messages: HI, run })).config_id, 1);
    const error = await thrownBy(llm.create({ messages: HI, run }));
    assert.deepEqual(
      (error.details!["errors"] as { kind: string }[]).map(({ kind }) => kind),
      ["unknown", "server"],
    );
    assert.ok(!error.message.includes("my-secret-key"));
  });
});

test("INF-37 an abort does not wait for a client that ignores it", async () => {
  await scene({}, async ({ run }) => {
    const controller = new AbortController();
    const never = (): ModelClient => ({
      create: () => {
        controller.abort();
        return new Promise<never>(() => undefined);
      },
      messageRetrieval: () => [],
      cost: () => 0,
      getUsage: () => ({}),
    });
    const llm = new OpenAIWrapper({ config_list: [{ model: "own", model_client_cls: never }], cache_seed: null });
    assert.equal((await thrownBy(llm.create({ messages: HI, signal: controller.signal, run }))).code, "aborted");
  });
});
