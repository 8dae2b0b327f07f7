import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "vitest";
import {
  AssistantAgent,
  contentText,
  countToken,
  isAutogenError,
  memoryStream,
  OpenAIWrapper,
  UserProxyAgent,
  type Message,
  type RequestGuard,
} from "../../index.js";
import { scene, thrownBy } from "../../../test/model-scene.js";
import { words } from "../../../test/transforms/stage.js";
import { ContextGuard } from "./index.js";

const talk = (count: number, size = 10): readonly Message[] => [
  { role: "system", content: "Be brief." },
  ...Array.from({ length: count }, (_, index): Message => ({
    role: index % 2 === 0 ? "user" : "assistant",
    content: `m${String(index)} `.repeat(size),
  })),
];
const sent = (body: Readonly<Record<string, unknown>> | undefined): readonly Message[] =>
  body?.["messages"] as readonly Message[];
const first = ({ content }: Message | undefined = { role: "user", content: "" }): string =>
  contentText(content).split(" ")[0] ?? "";

// The two errors of a user's field notes, word for word.
const WINDOW_4096 =
  "This model's maximum context length is 4096 tokens. However, you requested 4302 tokens (3790 in the messages, 512 in the completion). Please reduce the length of the messages or completion.";
const MINUTE_10000 =
  "Request too large for gpt-4 in organization org-x on tokens per min (TPM): Limit 10000, Requested 12876. The input or output tokens must be reduced in order to run successfully. Visit https://platform.openai.com/account/rate-limits to learn more.";
const refusal = { status: 400, error: { message: WINDOW_4096, code: "context_length_exceeded" } };

test("D14-11 a window of 4096 with 3790 + 512 asked: the request is trimmed by the endpoint's numbers and sent once more", async () => {
  await scene({ x: [refusal, "fits now"] }, async ({ server, wrapper, run, events }) => {
    const messages = talk(100, 38);
    const client = wrapper([{ model: "unheard-of" }], { contextGuard: new ContextGuard({ tokenizer: words }) });

    const response = await client.create({ messages, max_tokens: 512, run, agent: "bot" });

    assert.equal(client.extractTextOrCompletionObject(response)[0], "fits now");
    const [whole, trimmed] = server.requests.map(({ body }) => sent(body));
    assert.deepEqual(whole, messages);
    const tokens = (list: readonly Message[]): number =>
      list.reduce((sum, { content }) => sum + contentText(content).split(" ").length + 3, 3);
    // What the endpoint calls 3790 tokens may have 3584.
    assert.ok(tokens(trimmed ?? []) <= (tokens(messages) * (4096 - 512)) / 3790);
    assert.ok(tokens(trimmed ?? []) > tokens(messages) * 0.85);
    assert.deepEqual([trimmed?.[0], first(trimmed?.[1]), trimmed?.at(-1)], [messages[0], "m0", messages.at(-1)]);
    assert.equal(server.requests[1]?.body["max_tokens"], 512);
    assert.deepEqual(
      events.map(({ type }) => type).filter((type) => type !== "warning"),
      ["llm.start", "messages.transformed", "llm.failed", "llm.start", "llm.end"],
    );
  });
});

test("D14-11 10,000 tokens per minute: the request is trimmed to what a minute allows, without waiting", async () => {
  const tooLarge = {
    status: 429,
    error: { message: MINUTE_10000, code: "rate_limit_exceeded" },
    headers: { "x-ratelimit-reset-tokens": "17s" },
  };
  await scene({ x: [tooLarge, "fits now"] }, async ({ server, wrapper, run, events }) => {
    const messages = talk(100, 120);
    const client = wrapper([{ model: "unheard-of", max_retries: 2 }], { contextGuard: new ContextGuard({ tokenizer: words }) });

    const response = await client.create({ messages, run });

    assert.equal(client.extractTextOrCompletionObject(response)[0], "fits now");
    // Neither the package nor the wrapper tries again what can never be answered.
    const lengths = server.requests.map(({ body }) => sent(body).length);
    assert.equal(lengths.length, 2);
    const share = (lengths[1] ?? 0) / (lengths[0] ?? 1);
    assert.ok(share < 10_000 / 12_876 && share > 0.7, `${String(share)} of the messages`);
    assert.ok(!events.some((event) => event.type === "warning" && event.code === "rate-limited"));
  });
});

test("D14-11 the older form of that error, which asks to wait, is waited for; a request that is larger than a minute is trimmed then", async () => {
  const message =
    "Rate limit reached for 10KTPM-200RPM in organization org-x on tokens per min. Limit: 10000 / min. Please try again in 6ms.";
  const busy = { status: 429, error: { message, code: "rate_limit_exceeded" } };
  await scene({ x: [busy, busy, "fits now"] }, async ({ server, wrapper, run }) => {
    const guarded = { contextGuard: new ContextGuard({ tokenizer: words }), max_rate_limit_wait: 0 };
    const client = wrapper([{ model: "unheard-of" }], guarded);
    const small = await thrownBy(client.create({ messages: talk(2), run }));
    assert.equal(small.details?.["kind"], "rate_limit");
    assert.equal(server.requests.length, 1);

    await client.create({ messages: talk(100, 120), run });
    assert.deepEqual(
      server.requests.slice(1).map(({ body }) => sent(body).length < 90),
      [false, true],
    );
  });
});

test("D14-11 a second refusal is an error, and the next entry is asked with all messages", async () => {
  await scene({ x: [refusal, refusal], y: ["the other"] }, async ({ server, wrapper, run }) => {
    const entries = [{ model: "small-one" }, { model: "large-one", at: "y" }];
    const client = wrapper(entries, { contextGuard: new ContextGuard({ tokenizer: words }) });
    const messages = talk(60, 60);
    await client.create({ messages, run });
    assert.deepEqual(
      server.requests.map(({ endpoint }) => endpoint),
      ["x", "x", "y"],
    );
    assert.equal(sent(server.requests[2]?.body).length, messages.length);
  });
});

test("D14-11 what an endpoint has said once is kept to from then on; `retry: false` leaves its error alone", async () => {
  await scene({ x: [refusal, "one", "two", refusal] }, async ({ server, wrapper, run }) => {
    const messages = talk(100, 60);
    const client = wrapper([{ model: "unheard-of" }], { contextGuard: new ContextGuard({ tokenizer: words }) });
    await client.create({ messages, run });
    await client.create({ messages, run });
    const [all, ...later] = server.requests.map(({ body }) => sent(body).length);
    assert.equal(all, messages.length);
    assert.ok(later.every((length) => length < messages.length));

    const once = wrapper([{ model: "another" }], { contextGuard: new ContextGuard({ tokenizer: words, retry: false }) });
    assert.equal((await thrownBy(once.create({ messages, run }))).details?.["kind"], "context_length");
  });
});

test("an answer that asks for all of the window is made smaller, so that there is room for the question", async () => {
  const message =
    "'max_tokens' is too large: 5000. This model's maximum context length is 4096 tokens and your request has 200 input tokens (5000 > 4096 - 200).";
  await scene({ x: [{ status: 400, error: { message } }, "ok"] }, async ({ server, wrapper, run }) => {
    const client = wrapper([{ model: "unheard-of" }], { contextGuard: new ContextGuard({ tokenizer: words }) });
    await client.create({ messages: talk(4), max_tokens: 5000, run });
    const [asked, lowered] = server.requests.map(({ body }) => Number(body["max_tokens"]));
    assert.equal(asked, 5000);
    assert.ok(Number(lowered) > 3700 && Number(lowered) <= 4096 - 200, String(lowered));
    assert.equal(sent(server.requests[1]?.body).length, 5);
  });
});

test("D14-9 tools, system message and answer are counted before anything is sent; what fits is sent as it is", async () => {
  await scene({ x: ["one", "two"] }, async ({ server, wrapper, run, events }) => {
    const client = wrapper([{ model: "unheard-of" }], {
      contextGuard: new ContextGuard({ tokenizer: words, window: { "unheard-of": 1000 }, answerTokens: 200 }),
    });
    const tools = [{ type: "function", function: { name: "t", description: "d ".repeat(300), parameters: {} } }];
    const short = talk(10);
    await client.create({ messages: short, tools, run });
    assert.equal(
      events.some(({ type }) => type === "messages.transformed"),
      false,
    );

    await client.create({ messages: talk(100), tools, run });
    const messages = sent(server.requests[1]?.body);
    const tokens = messages.reduce((sum, { content }) => sum + contentText(content).split(" ").length + 3, 3);
    assert.ok(tokens <= 1000 - 200 - 300 && tokens > 350, String(tokens));
  });
});

test("one long text is cut in its middle before older messages are left out; a request that cannot fit is sent with a warning", async () => {
  await scene({ x: ["one", "two"] }, async ({ server, wrapper, run, events }) => {
    const client = wrapper([{ model: "unheard-of" }], {
      contextGuard: new ContextGuard({ tokenizer: words, window: 1000, answerTokens: 100 }),
    });
    const long: Message = { role: "user", content: `start ${"x ".repeat(5000)}end` };
    await client.create({ messages: [...talk(6), long, { role: "user", content: "and now?" }], run });
    const messages = sent(server.requests[0]?.body);
    assert.equal(messages.length, 9);
    assert.match(contentText(messages[7]?.content), /^start x .*tokens left out.* end$/s);

    await client.create({
      messages: [
        { role: "system", content: "s ".repeat(2000) },
        { role: "user", content: "hi" },
      ],
      run,
    });
    assert.deepEqual(
      events.flatMap((event) => (event.type === "warning" ? [event.code] : [])).filter((code) => code === "does-not-fit"),
      ["does-not-fit"],
    );
    assert.equal(contentText(sent(server.requests[1]?.body)[0]?.content).length, 4000);
  });
});

test("with `summarize` notes of the same model stand for what is left out, are written rarely, and count in the usage", async () => {
  const replies = Array.from({ length: 40 }, (_, index) => `r${String(index)} `.repeat(20));
  await scene({ x: replies }, async ({ server, wrapper, run }) => {
    const client = wrapper([{ model: "unheard-of" }], {
      contextGuard: new ContextGuard({ tokenizer: words, policy: "summarize", window: 800, answerTokens: 100 }),
    });
    const history = talk(60).map((message) => Object.freeze(message));
    for (let length = 20; length <= 60; length += 2) await client.create({ messages: history.slice(0, length), run });

    const isForNotes = (messages: readonly Message[]): boolean => contentText(messages[1]?.content).includes("<messages>");
    const requests = server.requests.map(({ body }) => sent(body));
    const notes = requests.filter(isForNotes).length;
    assert.ok(notes >= 1 && notes <= 6, `${String(notes)} of ${String(requests.length)} requests were for notes`);
    assert.equal(run.usage.totals.calls, requests.length);
    const last = requests.at(-1) ?? [];
    assert.deepEqual([first(last[0]), first(last[1]), first(last.at(-1))], ["Be", "m0", "m58"]);
    assert.match(contentText(last[2]?.content), /^Notes on the earlier part/);
  });
});

test("requests for notes ask for a text: formats, tools and filters of the settings are for other answers", async () => {
  const replies = Array.from({ length: 10 }, (_, index) => `r${String(index)} `.repeat(20));
  await scene({ x: replies }, async ({ server, wrapper, run }) => {
    const client = wrapper([{ model: "unheard-of" }], {
      contextGuard: new ContextGuard({ tokenizer: words, policy: "summarize", window: 800, answerTokens: 100 }),
      response_format: { type: "json_object" },
      tool_choice: "required",
      tools: [
        { type: "function", function: { name: "work", description: "Works", parameters: { type: "object", properties: {} } } },
      ],
      filter_func: () => false,
    });
    await client.create({ messages: talk(60), run });

    const keys = server.requests.map(({ body }) => Object.keys(body).toSorted());
    const own = ["messages", "model", "response_format", "stream", "tool_choice", "tools"];
    assert.deepEqual(keys.at(-1), own);
    assert.ok(keys.length > 1);
    for (const asked of keys.slice(0, -1)) assert.deepEqual(asked, ["messages", "model", "stream"]);
  });
});

test("summaries of chats go through the same guard, and an agent's copies have it too", async () => {
  await scene({ x: ["a ".repeat(300), "b ".repeat(300), "the summary", "copy"] }, async ({ server }) => {
    const llmConfig = {
      config_list: [{ model: "unheard-of", base_url: server.base("x"), api_key: "none", max_retries: 0 }],
      cache_seed: null,
      contextGuard: new ContextGuard({ tokenizer: words, window: 400, answerTokens: 50 }),
    };
    const bot = new AssistantAgent({ name: "bot", systemMessage: "Be brief.", llmConfig });
    const ann = new UserProxyAgent({
      name: "ann",
      humanInputMode: "NEVER",
      codeExecutionConfig: false,
      defaultAutoReply: "go on",
    });
    const stream = memoryStream();
    const result = await ann.initiateChat(bot, {
      message: "q ".repeat(50),
      maxTurns: 2,
      summaryMethod: "reflection_with_llm",
      stream,
    });
    await ann.clone("eve").initiateChat(bot.clone("dan"), { message: "w ".repeat(900), maxTurns: 1, stream });

    assert.equal(result.summary, "the summary");
    const tokens = server.requests.map(({ body }) =>
      sent(body).reduce((sum, { content }) => sum + contentText(content).split(" ").length + 3, 3),
    );
    assert.equal(tokens.length, 4);
    assert.ok(
      tokens.every((count) => count <= 350),
      JSON.stringify(tokens),
    );
    assert.match(stream.text, /Made a request of \d+ messages fit model unheard-of/);
  });
});

/** Counts with the real tokenizer and refuses, as the endpoint of a model with 4096 tokens does. */
async function strictEndpoint(play: (url: string, refusals: () => number) => Promise<void>): Promise<void> {
  let refused = 0;
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      void (async () => {
        const { messages, max_tokens: answer = 16 } = JSON.parse(text) as { messages: object[]; max_tokens?: number };
        const prompt = await countToken(messages, "gpt-4");
        const isTooLong = prompt + answer > 4096;
        if (isTooLong) refused += 1;
        const message = `This model's maximum context length is 4096 tokens. However, you requested ${String(prompt + answer)} tokens (${String(prompt)} in the messages, ${String(answer)} in the completion).`;
        const body = isTooLong
          ? { error: { message, type: "invalid_request_error", param: "messages", code: "context_length_exceeded" } }
          : {
              id: "x",
              model: "m",
              created: 1,
              choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "word ".repeat(300) } }],
            };
        response.writeHead(isTooLong ? 400 : 200, { "content-type": "application/json" }).end(JSON.stringify(body));
      })();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await play(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/v1`, () => refused);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

for (const [title, model, mostRefusals] of [
  ["a model whose window is known", "gpt-3.5-turbo-0613", 0],
  ["a model of which nothing is known: one refusal teaches it", "unheard-of", 1],
] as const) {
  test(`a chat of 60 turns stays inside a window of 4096 tokens; ${title}`, async () => {
    await strictEndpoint(async (base_url, refusals) => {
      const llmConfig = {
        config_list: [{ model, base_url, api_key: "none", max_retries: 0 }],
        cache_seed: null,
        max_tokens: 512,
        contextGuard: new ContextGuard(),
      };
      const bot = new AssistantAgent({ name: "bot", llmConfig });
      const ann = new UserProxyAgent({
        name: "ann",
        humanInputMode: "NEVER",
        codeExecutionConfig: false,
        defaultAutoReply: "and then? ".repeat(40),
      });
      const result = await ann.initiateChat(bot, {
        message: "Tell me all.",
        maxTurns: 60,
        silent: true,
        stream: memoryStream(),
        loopDetection: false,
      });
      assert.equal(result.stopReason, "max-turns");
      assert.equal(result.chatHistory.length, 120);
      assert.equal(refusals(), mostRefusals);
    });
  });
}

test("what is no guard is refused before anything is sent; wrong options are refused at once; other errors are left alone", async () => {
  await scene({ x: [{ status: 400, error: { message: "no such thing" } }] }, async ({ server, wrapper, run }) => {
    const error = await thrownBy(wrapper([{ model: "m" }], { contextGuard: true }).create({ messages: talk(1), run }));
    assert.ok(isAutogenError(error, "invalid-option"));
    assert.equal(server.requests.length, 0);

    const calls: string[] = [];
    const guard: RequestGuard = {
      fit: (params) => {
        calls.push("fit");
        return params;
      },
      refit: (params) => {
        calls.push("refit");
        return params;
      },
    };
    await thrownBy(wrapper([{ model: "m" }], { contextGuard: guard }).create({ messages: talk(1), run }));
    assert.deepEqual(calls, ["fit"]);
  });
  for (const options of [{ policy: "guess" }, { window: 0 }, { window: { m: -1 } }, { answerTokens: -1 }]) {
    assert.throws(() => new ContextGuard(options as never), { code: "invalid-option" });
  }
  assert.ok(new OpenAIWrapper({ model: "m", contextGuard: null }) instanceof OpenAIWrapper);
});
