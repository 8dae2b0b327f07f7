import assert from "node:assert/strict";
import { test } from "vitest";
import { fakeHost } from "../../test/fake-host.js";
import { HI, scene, thrownBy } from "../../test/model-scene.js";
import { memoryStream } from "../core.js";
import { createRun } from "../run/index.js";
import { OpenAIWrapper, type FilterInput, type WrapperResponse } from "./index.js";

const text = (response: WrapperResponse): unknown => response.choices[0]?.message?.content;

test("INF-01 an entry wins over the wrapper's options, which win over the call's", async () => {
  await scene({ x: ["hello"] }, async ({ server, run, wrapper }) => {
    const llm = wrapper([{ model: "gpt-4", temperature: 0.1 }], { top_p: 0.5, temperature: 0.3 });
    const response = await llm.create({ messages: HI, temperature: 0.9, top_p: 0.8, max_tokens: 5, run });
    assert.equal(text(response), "hello");
    const body = { messages: HI, model: "gpt-4", temperature: 0.1, top_p: 0.5, max_tokens: 5, stream: false };
    assert.deepEqual(server.requests[0]?.body, body);
    assert.equal(response.cost, 0.0006);
    assert.deepEqual([response.config_id, response.pass_filter, response.cached], [0, true, false]);
  });
});

test("INF-02 overrides win over the entry", async () => {
  await scene({ x: ["a"] }, async ({ server, run, wrapper }) => {
    await wrapper([{ model: "gpt-4", temperature: 0.1 }]).create({ messages: HI, overrides: { temperature: 1 }, run });
    assert.equal(server.requests[0]?.body["temperature"], 1);
  });
});

test("INF-03 options of the client and of the wrapper are never sent, unknown ones are", async () => {
  await scene({ x: ["a"] }, async ({ server, run, wrapper }) => {
    const llm = wrapper([{ model: "gpt-4", tags: ["t"], price: [1, 2], organization: "org", top_k: 3 }], {
      timeout: 5,
      cacheSeed: null,
    });
    await llm.create({ messages: HI, context: { a: 1 }, allowFormatStrTemplate: true, agent: { name: "bob" }, timeout: 9, run });
    assert.deepEqual(server.requests[0]?.body, { messages: HI, model: "gpt-4", top_k: 3, stream: false });
    assert.equal(server.requests[0]?.headers["authorization"], "Bearer test-key");
    assert.equal(server.requests[0]?.headers["openai-organization"], "org");
  });
});

test("INF-04 without a list there is one entry; the model may come with the call", async () => {
  await scene({ x: ["a"] }, async ({ server, run }) => {
    const llm = new OpenAIWrapper({ base_url: server.base("x"), cache_seed: null });
    const response = await llm.create({ messages: HI, model: "gpt-4", run });
    assert.equal(response.model, "gpt-4");
    assert.equal(server.requests[0]?.headers["authorization"], "Bearer not-needed");
  });
});

test("INF-05 the caller's objects stay as they are, and later changes to them have no effect", async () => {
  await scene({ x: ["a", "b"] }, async ({ server, run }) => {
    const entry = {
      model: "gpt-4",
      base_url: server.base("x"),
      api_key: "test-key",
      api_rate_limit: 10,
      cacheSeed: null,
      tags: ["t"],
    };
    const config = { config_list: [entry], temperature: 0 };
    const before = structuredClone(config);
    const llm = new OpenAIWrapper(config);
    const messages = Object.freeze([Object.freeze({ role: "user", content: "hi" })]);
    await llm.create({ messages, run });
    assert.deepEqual(config, before);
    entry.model = "other";
    await llm.create({ messages, run });
    assert.equal(server.requests[1]?.body["model"], "gpt-4");
  });
});

test("INF-05 both spellings of an option with different values are an error", () => {
  assert.throws(() => new OpenAIWrapper({ cacheSeed: 1, cache_seed: 2 }), { code: "invalid-option" });
  assert.throws(() => new OpenAIWrapper({ config_list: [] }), { code: "invalid-config" });
  assert.throws(() => new OpenAIWrapper({ config_list: ["gpt-4" as never] }), /entry 0/);
});

test("INF-06 INF-33 a prompt asks the older endpoint, messages the chat endpoint; neither and both are errors", async () => {
  await scene({ x: [{ text: [" a", " b"], usage: [4, 6] }] }, async ({ server, run, wrapper }) => {
    const llm = wrapper([{ model: "gpt-3.5-turbo-instruct" }]);
    const response = await llm.create({ prompt: "Twice", n: 2, stream: true, run });
    assert.deepEqual(llm.extractTextOrCompletionObject(response), [" a", " b"]);
    assert.equal(server.requests[0]?.path, "/v1/completions");
    assert.deepEqual(server.requests[0]?.body, { model: "gpt-3.5-turbo-instruct", prompt: "Twice", n: 2, stream: false });
    assert.equal(response.cost, 0.000018);
    assert.equal((await thrownBy(llm.create({ run }))).code, "invalid-option");
    assert.equal((await thrownBy(llm.create({ prompt: "p", messages: HI, run }))).code, "invalid-option");
    assert.equal(server.requests.length, 1);
  });
});

test("INF-07 choices come in order; calls come as whole messages", async () => {
  const call = { id: "t1", name: "f", arguments: '{"a":1}' };
  const choices = [{ content: "one" }, { tool_calls: [call] }, { content: "t", function_call: { name: "g", arguments: "{}" } }];
  await scene({ x: [{ choices }] }, async ({ run, wrapper }) => {
    const llm = wrapper([{ model: "gpt-4" }]);
    const [one, two, three] = llm.extractTextOrCompletionObject(await llm.create({ messages: HI, n: 3, run }));
    assert.equal(one, "one");
    const { id, ...called } = call;
    assert.deepEqual(two, { role: "assistant", content: null, tool_calls: [{ id, type: "function", function: called }] });
    assert.deepEqual(three, { role: "assistant", content: "t", function_call: { name: "g", arguments: "{}" } });
  });
});

for (const status of [400, 401, 403, 404, 429, 500, 503]) {
  test(`INF-08 status ${String(status)} sends the call to the next entry, and the first is tried again next time`, async () => {
    await scene({ x: [{ status }, "x is back"], y: ["from y"] }, async ({ run, events, wrapper }) => {
      const llm = wrapper([{ model: "gpt-4" }, { model: "gpt-4", at: "y" }]);
      const first = await llm.create({ messages: HI, run });
      assert.deepEqual([text(first), first.config_id], ["from y", 1]);
      assert.equal(text(await llm.create({ messages: HI, run })), "x is back");
      const types = events.map((event) => event.type);
      assert.deepEqual(types, ["llm.start", "llm.failed", "llm.start", "llm.end", "llm.start", "llm.end"]);
    });
  });
}

test("INF-08 an endpoint that is down sends the call to the next entry", async () => {
  await scene({ y: ["from y"] }, async ({ run, wrapper }) => {
    const llm = wrapper([
      { model: "gpt-4", base_url: "http://127.0.0.1:9/v1" },
      { model: "gpt-4", at: "y" },
    ]);
    assert.equal((await llm.create({ messages: HI, run })).config_id, 1);
  });
});

test("INF-09 when all entries fail the last error is thrown, with all of them in it", async () => {
  await scene({ x: [{ status: 500 }], y: [{ status: 429 }] }, async ({ run, wrapper }) => {
    const llm = wrapper([{ model: "gpt-4" }, { model: "gpt-4o", at: "y" }]);
    const error = await thrownBy(llm.create({ messages: HI, run }));
    assert.equal(error.code, "model-failed");
    assert.equal(error.details?.["kind"], "rate_limit");
    assert.equal(error.details?.["status"], 429);
    const errors = error.details?.["errors"] as { kind: string; index: number; model: string }[];
    assert.deepEqual(
      errors.map(({ kind, index, model }) => [kind, index, model]),
      [
        ["server", 0, "gpt-4"],
        ["rate_limit", 1, "gpt-4o"],
      ],
    );
    assert.equal(llm.totalUsageSummary, null);
  });
});

test("INF-09 a time-out has a code of its own and says where to set the limit", async () => {
  await scene({ x: [{ content: "late", delay_ms: 100 }] }, async ({ run, wrapper }) => {
    const error = await thrownBy(wrapper([{ model: "gpt-4", timeout: 0.02 }]).create({ messages: HI, run }));
    assert.equal(error.code, "model-timeout");
    assert.match(error.message, /`timeout` \(seconds\)/);
  });
});

test("INF-10 a content filter ends the call", async () => {
  await scene({ x: [{ status: 400, error: { code: "content_filter" } }], y: ["never"] }, async ({ server, run, wrapper }) => {
    const error = await thrownBy(wrapper([{ model: "gpt-4" }, { model: "gpt-4", at: "y" }]).create({ messages: HI, run }));
    assert.deepEqual([error.code, error.details?.["kind"], error.details?.["status"]], ["model-failed", "content_filter", 400]);
    assert.equal(server.requests.length, 1);
  });
});

test("INF-12 the client retries by itself, as often as the entry says", async () => {
  const headers = { "retry-after-ms": "1" };
  await scene({ x: [{ status: 429, headers }, { status: 500, headers }, "third"] }, async ({ server, run, wrapper }) => {
    assert.equal(text(await wrapper([{ model: "gpt-4", max_retries: 2 }]).create({ messages: HI, run })), "third");
    assert.equal(server.requests.length, 3);
  });
});

test("INF-13 INF-14 the first accepted answer wins; the filter gets context and response; INF-15 refused ones are paid for", async () => {
  await scene({ x: ["red"], y: ["blue"] }, async ({ run, wrapper }) => {
    const llm = wrapper([{ model: "gpt-4" }, { model: "gpt-4", at: "y" }]);
    const filterFunc = ({ context, response }: FilterInput): boolean => {
      return llm.extractTextOrCompletionObject(response)[0] === context?.["want"];
    };
    const response = await llm.create({ messages: HI, context: { want: "blue" }, filterFunc, run });
    assert.deepEqual([text(response), response.config_id, response.pass_filter], ["blue", 1, true]);
    assert.deepEqual(llm.actualUsageSummary, {
      total_cost: 0.0012,
      "gpt-4": { cost: 0.0012, prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 },
    });
  });
});

test("INF-13 the last answer comes back even when it is refused; INF-14 without a context the filter gets null", async () => {
  await scene({ x: ["no"] }, async ({ run, wrapper }) => {
    const contexts: unknown[] = [];
    const filter_func = async ({ context }: FilterInput): Promise<boolean> => {
      contexts.push(context);
      return false;
    };
    assert.equal((await wrapper([{ model: "gpt-4" }]).create({ messages: HI, filter_func, run })).pass_filter, false);
    assert.deepEqual(contexts, [null]);
  });
});

test("INF-13 a refused answer and then an error: the error is thrown", async () => {
  await scene({ x: ["no"], y: [{ status: 500 }] }, async ({ run, wrapper }) => {
    const llm = wrapper([{ model: "gpt-4" }, { model: "gpt-4", at: "y" }]);
    const error = await thrownBy(llm.create({ messages: HI, filterFunc: () => false, run }));
    assert.equal(error.details?.["status"], 500);
    assert.equal(llm.totalUsageSummary?.total_cost, 0.0006);
  });
});

test("INF-16 INF-17 templates are filled in, in parts too; messages without any are the same objects", async () => {
  await scene({ x: ["1", "2"] }, async ({ server, run, wrapper }) => {
    const llm = wrapper([{ model: "gpt-4" }]);
    const image = { type: "image_url", image_url: { url: "http://localhost/{name}" } };
    const messages = [
      { role: "system", content: (context: Record<string, unknown>) => `for ${String(context["name"])}` },
      { role: "assistant", content: null },
      { role: "user", content: [{ type: "text", text: "Hi {name}" }, image] },
    ];
    await llm.create({ messages, context: { name: "Zoe" }, allow_format_str_template: true, run });
    await llm.create({ messages: [{ role: "user", content: "Hi {name}", context: { name: 1 } }], context: { name: "Zoe" }, run });
    assert.deepEqual(server.requests[0]?.body["messages"], [
      { role: "system", content: "for Zoe" },
      { role: "assistant", content: null },
      { role: "user", content: [{ type: "text", text: "Hi Zoe" }, image] },
    ]);
    assert.deepEqual(server.requests[1]?.body["messages"], [{ role: "user", content: "Hi {name}" }]);
  });
});

test("INF-18 Azure: path, key header, version; the name loses its dots where Azure's does", async () => {
  await scene({ az: ["from azure", "again"] }, async ({ server, run }) => {
    const azure = {
      api_type: "azure",
      api_version: "2024-02-01",
      base_url: `${server.url}/az`,
      api_key: "azure-key",
      max_retries: 0,
    };
    const list = [{ ...azure, model: "gpt-3.5-turbo" }];
    const response = await new OpenAIWrapper({ config_list: list, cache_seed: null }).create({ messages: HI, run });
    const [request] = server.requests;
    assert.deepEqual(
      [request?.path, request?.query],
      ["/openai/deployments/gpt-35-turbo/chat/completions", "api-version=2024-02-01"],
    );
    assert.equal(request?.headers["api-key"], "azure-key");
    assert.deepEqual([response.model, response.cost], ["gpt-35-turbo", 0.0000125]);
    await new OpenAIWrapper({ config_list: [{ ...azure, model: "gpt-4.1" }], cache_seed: null }).create({ messages: HI, run });
    assert.equal(server.requests[1]?.path, "/openai/deployments/gpt-4.1/chat/completions");
  });
});

test("INF-19 Azure takes tokens from a function", async () => {
  await scene({ az: ["hello"] }, async ({ server, run }) => {
    const azure_ad_token_provider = (): Promise<string> => Promise.resolve("directory-token");
    const entry = { model: "d", api_type: "azure", api_version: "1", base_url: `${server.url}/az`, azure_ad_token_provider };
    await new OpenAIWrapper({ config_list: [entry], cache_seed: null }).create({ messages: HI, run });
    assert.equal(server.requests[0]?.headers["authorization"], "Bearer directory-token");
  });
});

test("the key of OpenAI is missed at the first use, and the next entry is tried", async () => {
  await scene({ y: ["from y"] }, async ({ server, run }) => {
    const key = process.env["OPENAI_API_KEY"];
    delete process.env["OPENAI_API_KEY"];
    try {
      const alone = new OpenAIWrapper({ config_list: [{ model: "gpt-4" }], cache_seed: null });
      const error = await thrownBy(alone.create({ messages: HI, run }));
      assert.match(error.message, /Entry 0 .*OPENAI_API_KEY/);
      assert.equal(error.details?.["kind"], "auth");
      const list = [{ model: "gpt-4" }, { model: "gpt-4", base_url: server.base("y") }];
      assert.equal((await new OpenAIWrapper({ config_list: list, cache_seed: null }).create({ messages: HI, run })).config_id, 1);
    } finally {
      if (key !== undefined) process.env["OPENAI_API_KEY"] = key;
    }
  });
});

test("an `env:` key is the variable's value", async () => {
  const environment = (name: string): string | undefined => (name === "MY_KEY" ? "from-environment" : undefined);
  await scene(
    { x: ["a"] },
    async ({ server, run, wrapper }) => {
      await wrapper([{ model: "gpt-4", api_key: "env:MY_KEY" }]).create({ messages: HI, run });
      assert.equal(server.requests[0]?.headers["authorization"], "Bearer from-environment");
      const error = await thrownBy(wrapper([{ model: "gpt-4", api_key: "env:NONE" }]).create({ messages: HI, run }));
      assert.match(error.message, /environment variable NONE/);
    },
    { environment },
  );
});

test("a provider without a client here says what to do", async () => {
  await scene({}, async ({ run, wrapper }) => {
    const error = await thrownBy(wrapper([{ model: "c", api_type: "anthropic" }]).create({ messages: HI, run }));
    assert.equal(error.code, "unsupported");
  });
});

test("each attempt is one effect with the wire body as its input, and no key in it", async () => {
  await scene({ x: [{ status: 500 }], y: ["yes"] }, async ({ server, wrapper }) => {
    const effects: unknown[] = [];
    const run = createRun({
      host: fakeHost(),
      layers: [
        (next) => async (effect, execute) => {
          effects.push(effect);
          return await next(effect, execute);
        },
      ],
    });
    const llm = wrapper([{ model: "gpt-4" }, { model: "gpt-4", at: "y" }]);
    await llm.create({ messages: HI, agent: "bob", run });
    const body = { messages: HI, model: "gpt-4", stream: false };
    assert.deepEqual(effects, [
      {
        kind: "model",
        target: "bob",
        key: "run/model:bob#0",
        input: { api: "chat", endpoint: server.base("x"), config: 0, body },
      },
      {
        kind: "model",
        target: "bob",
        key: "run/model:bob#1",
        input: { api: "chat", endpoint: server.base("y"), config: 1, body },
      },
    ]);
    assert.equal((effects[0] as { input: { body: { messages: unknown } } }).input.body.messages, HI);
  });
});

test("events of a call carry who asked and what it cost; without a run it makes its own", async () => {
  await scene({ x: ["one", "two"] }, async ({ server, run, events, wrapper }) => {
    await wrapper([{ model: "gpt-4" }]).create({ messages: HI, agent: { name: "bob" }, run });
    const usage = { promptTokens: 10, completionTokens: 5, totalTokens: 15, cost: 0.0006 };
    assert.deepEqual(events, [
      { type: "llm.start", agent: "bob", model: "gpt-4", config: 0 },
      { type: "llm.end", agent: "bob", model: "gpt-4", usage, cached: false },
    ]);
    assert.equal(run.usage.report().usageExcludingCachedInference.total_cost, 0.0006);
    const list = [{ model: "gpt-4", base_url: server.base("x") }];
    const alone = new OpenAIWrapper({ config_list: list, cache_seed: null }, { host: fakeHost() });
    assert.equal(text(await alone.create({ messages: HI })), "two");
  });
});

test("INF-25 INF-26 the summary is printed on the stream of the host; an unknown mode is an error, and nothing is printed", async () => {
  const stream = memoryStream();
  await scene({ x: ["a"] }, async ({ server, run }) => {
    const llm = new OpenAIWrapper(
      { model: "gpt-4", base_url: server.base("x"), cache_seed: null },
      { host: fakeHost({ stream: () => stream }) },
    );
    await llm.printUsageSummary();
    await llm.create({ messages: HI, run });
    await llm.printUsageSummary("actual");
    await assert.rejects(llm.printUsageSummary("all" as never), {
      code: "invalid-option",
      message: /^Invalid mode: all, choose from/,
    });
    const line = "-".repeat(100);
    const usage = "* Model 'gpt-4': cost: 0.0006, prompt_tokens: 10, completion_tokens: 5, total_tokens: 15";
    const shown = [line, "Usage summary excluding cached usage: ", "Total cost: 0.0006", usage, line];
    assert.equal(stream.text, ['No usage summary. Please call "create" first.', ...shown, ""].join("\n"));
  });
});

test("INF-36 parallel calls add up", async () => {
  await scene({ x: Array.from({ length: 20 }, () => "a") }, async ({ run, wrapper }) => {
    const llm = wrapper([{ model: "gpt-4" }]);
    await Promise.all(Array.from({ length: 20 }, () => llm.create({ messages: HI, run })));
    assert.equal((llm.actualUsageSummary!["gpt-4"] as { total_tokens: number }).total_tokens, 300);
  });
});

test("INF-37 an abort before and during a request ends the call, and no entry is tried after it", async () => {
  await scene({ x: [{ content: "late", delay_ms: 500 }], y: ["never"] }, async ({ server, run, events, wrapper }) => {
    const llm = wrapper([{ model: "gpt-4" }, { model: "gpt-4", at: "y" }]);
    const controller = new AbortController();
    const work = thrownBy(llm.create({ messages: HI, signal: controller.signal, run }));
    while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    assert.equal((await work).code, "aborted");
    assert.equal((await thrownBy(llm.create({ messages: HI, signal: controller.signal, run }))).code, "aborted");
    assert.equal(server.requests.length, 1);
    assert.ok(!events.some((event) => event.type === "llm.failed"));
  });
});
