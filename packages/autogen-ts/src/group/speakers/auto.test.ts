import assert from "node:assert/strict";
import { test } from "vitest";
import { said, scene, speaker, type Scene } from "../../../test/groups.js";
import { fakeHost } from "../../../test/fake-host.js";
import { modelServer } from "../../../test/model-server.js";
import { rejection } from "../../../test/pairs.js";
import { failing, scriptedModel, type ScriptedModel, type ScriptedReply } from "../../features/testing/index.js";
import {
  AssistantAgent,
  createRun,
  type ConversableAgent,
  type GroupChatOptions,
  type Message,
  type ModelClient,
  type ModelUsage,
  type RunEvent,
} from "../../index.js";

const templates = {
  selectSpeakerMessageTemplate: "Roles:\n{roles}\nOne of {agentlist}.",
  selectSpeakerPromptTemplate: "Who of {agentlist}?",
  selectSpeakerAutoMultipleTemplate: "Only one of {agentlist}.",
  selectSpeakerAutoNoneTemplate: "None of {agentlist}.",
} as const;
const NAMES = "['a', 'b', 'c']";
const SYSTEM = { role: "system", content: `Roles:\na: a does things.\nb: b does things.\nc: c does things.\nOne of ${NAMES}.` };
const BEGIN = { role: "user", content: "go", name: "a" };
const PROMPT = { role: "system", name: "checking_agent", content: `Who of ${NAMES}?` };

interface Stage extends Scene {
  readonly a: ConversableAgent;
  readonly model: ScriptedModel;
}

function stage(replies: readonly ScriptedReply[], group: Partial<GroupChatOptions> = {}): Stage {
  const agents = [speaker("a"), speaker("b"), speaker("c")] as const;
  const model = scriptedModel(...replies);
  const options = { maxRound: 2, speakerSelectionMethod: "auto", ...templates, ...group };
  return { ...scene(agents, options, { llmConfig: model.llmConfig }), a: agents[0], model };
}

const asked = ({ model }: Stage) => model.requests.map(({ messages }) => messages);
const speakers = ({ chat }: Stage) => chat.messages.slice(1).map(({ name }) => name);
const start = async (on: Stage) => await on.a.initiateChat(on.manager, { message: "go", ...on.told });

test("GRP-10 the first request: system message, transcript, prompt", async () => {
  const on = stage(["b"]);
  await start(on);
  assert.deepEqual(asked(on), [[SYSTEM, BEGIN, PROMPT]]);
  assert.deepEqual(speakers(on), ["b"]);
});

test("GRP-10 a single candidate makes no request", async () => {
  const on = stage([], { allowedOrDisallowedSpeakerTransitions: { a: ["c"] }, speakerTransitionsType: "allowed" });
  await start(on);
  assert.deepEqual(speakers(on), ["c"]);
  assert.equal(on.model.requests.length, 0);
});

test("GRP-11 none, several, one: each request is the one before with answer and correction; the lines are printed", async () => {
  const on = stage(["nobody", "b or c", "c"], { selectSpeakerAutoVerbose: true });
  await start(on);

  const none = [
    { role: "assistant", name: "speaker_selection_agent", content: "nobody" },
    { role: "system", name: "checking_agent", content: `None of ${NAMES}.` },
  ];
  const several = [
    { role: "assistant", name: "speaker_selection_agent", content: "b or c" },
    { role: "system", name: "checking_agent", content: `Only one of ${NAMES}.` },
  ];
  const first = [SYSTEM, BEGIN, PROMPT];
  assert.deepEqual(asked(on), [first, [...first, ...none], [...first, ...none, ...several]]);
  assert.deepEqual(speakers(on), ["c"]);
  const line = "-".repeat(80);
  const talk = (from: string, to: string, text: string) => `${from} (to ${to}):\n\n${text}\n\n${line}\n`;
  const [asks, answers] = ["checking_agent", "speaker_selection_agent"] as const;
  assert.equal(
    on.stream.text,
    talk("a", "mgr", "go") +
      talk(asks, answers, `Who of ${NAMES}?`) +
      talk(answers, asks, "nobody") +
      ">>>>>>>> Select speaker attempt 1 of 3 failed: the answer included no name.\n" +
      talk(asks, answers, `None of ${NAMES}.`) +
      talk(answers, asks, "b or c") +
      ">>>>>>>> Select speaker attempt 2 of 3 failed: the answer included several names.\n" +
      talk(asks, answers, `Only one of ${NAMES}.`) +
      talk(answers, asks, "c") +
      ">>>>>>>> Select speaker attempt 3 of 3 successfully selected: c\n" +
      "\nNext speaker: c\n\n" +
      talk("c", "mgr", "c says"),
  );
});

test("GRP-11 the transcript is not changed by a selection", async () => {
  const on = stage(["nobody", "b"]);
  await start(on);
  assert.deepEqual(said(on.chat.messages), ["a: go", "b: b says"]);
});

for (const [retries, requests] of [
  [0, 1],
  [2, 3],
] as const) {
  test(`GRP-12 after ${String(requests)} failing answers the next eligible agent speaks`, async () => {
    const on = stage(["x", "x", "x"], { maxRetriesForSelectingSpeaker: retries, allowRepeatSpeaker: false });
    await start(on);
    assert.equal(on.model.requests.length, requests);
    assert.deepEqual(speakers(on), ["b"]);
  });
}

test("GRP-12 an answer without text is one without names", async () => {
  const on = stage([{ content: null }, "c"]);
  await start(on);
  assert.deepEqual(speakers(on), ["c"]);
});

test("GRP-13 without a model the next agent in order speaks at once, with one warning", async () => {
  const agents = [speaker("a"), speaker("b"), speaker("c")] as const;
  const { chat, manager, told, events } = scene(agents, { maxRound: 4, speakerSelectionMethod: "auto" });
  await agents[0].initiateChat(manager, { message: "go", ...told });
  assert.deepEqual(said(chat.messages), ["a: go", "b: b says", "c: c says", "a: a says"]);
  assert.equal(events.filter((event) => event.type === "warning" && event.code === "no-model").length, 1);
});

test("GRP-13 a model of its own chooses instead of that of the manager", async () => {
  const own = scriptedModel("c");
  const on = stage([], { selectSpeakerAutoLlmConfig: own.llmConfig });
  await start(on);
  assert.deepEqual(speakers(on), ["c"]);
  assert.equal(own.requests.length, 1);
  assert.equal(on.model.requests.length, 0);
});

class ChoosingClient implements ModelClient {
  create() {
    return { model: "own", choices: [{ message: { role: "assistant", content: "c" } }] };
  }
  messageRetrieval = () => ["c"];
  cost = () => 0;
  getUsage = () => ({});
}

test("GRP-13 a class of clients of one's own, found by its name", async () => {
  class OtherClient extends ChoosingClient {}
  const config = { config_list: [{ model: "own", model_client_cls: "ChoosingClient" }], cache_seed: null };
  for (const classes of [ChoosingClient, [OtherClient, ChoosingClient]]) {
    const on = stage([], { selectSpeakerAutoLlmConfig: config, selectSpeakerAutoModelClientCls: classes });
    await start(on);
    assert.deepEqual(speakers(on), ["c"]);
  }
  for (const classes of [[], [OtherClient]]) {
    const on = stage([], { selectSpeakerAutoLlmConfig: config, selectSpeakerAutoModelClientCls: classes });
    if (classes.length === 0) continue;
    assert.match(String(await rejection(start(on))), /No class in `selectSpeakerAutoModelClientCls` is called `ChoosingClient`/);
  }
});

test("GRP-13 transforms apply to the messages of selections only", async () => {
  const seen: number[] = [];
  const lastTwo = {
    addToAgent(agent: Pick<ConversableAgent, "registerHook">) {
      agent.registerHook("processAllMessagesBeforeReply", (messages: Message[]) => {
        seen.push(messages.length);
        return messages.slice(-2);
      });
    },
  };
  const on = stage(["b", "c"], { maxRound: 3, selectSpeakerTransformMessages: lastTwo });
  await start(on);
  assert.deepEqual(seen, [2, 3]);
  assert.deepEqual(asked(on)[1], [SYSTEM, { role: "user", content: "b says", name: "b" }, PROMPT]);
  assert.equal(on.chat.messages.length, 3);
});

test("GRP-14 the role holds for the prompt and for what is asked again", async () => {
  const on = stage(["x", "b"], { roleForSelectSpeakerMessages: "user" });
  await start(on);
  const roles = (asked(on)[1] as readonly Message[]).map(({ role }) => role);
  assert.deepEqual(roles, ["system", "user", "user", "assistant", "user"]);
});

test("D12-5 without a prompt nothing stands below the conversation", async () => {
  const on = stage(["b"], { selectSpeakerPromptTemplate: null });
  await start(on);
  assert.deepEqual(asked(on), [[SYSTEM, BEGIN]]);
});

test("D12-6 case may be ignored when that is asked for", async () => {
  const strict = stage(["B", "b"]);
  await start(strict);
  assert.equal(strict.model.requests.length, 2);
  const loose = stage(["**B**"], { select: { caseSensitive: false } });
  await start(loose);
  assert.deepEqual(speakers(loose), ["b"]);
});

test("an agent without description is worth a warning", async () => {
  const agents = [speaker("a"), speaker("b", "x", { description: " " }), speaker("c")] as const;
  const model = scriptedModel("b");
  const { manager, told, events } = scene(
    agents,
    { maxRound: 2, speakerSelectionMethod: "auto" },
    { llmConfig: model.llmConfig },
  );
  await agents[0].initiateChat(manager, { message: "go", ...told });
  const texts = events.flatMap((event) => (event.type === "warning" ? [event.text] : []));
  assert.match(texts.join("\n"), /`b` has no description/);
});

test("an error of the model goes up", async () => {
  const on = stage([failing({ status: 500 })]);
  assert.match(String(await rejection(start(on))), /Entry 0/);
});

test("D12-19 tokens of a selection are its own, whatever else the run asks models at the same time", async () => {
  const run = createRun({ host: fakeHost() });
  const selections = [13, 1_000].map((prompt) => {
    const on = stage([
      { content: "nobody", usage: [prompt, 1] },
      { content: "c", usage: [prompt, 1] },
    ]);
    return on.chat.selection(on.a, on.manager, run);
  });
  assert.deepEqual(
    (await Promise.all(selections)).map(({ tokens }) => tokens),
    [28, 2_002],
  );
  assert.equal(run.usage.totals.totalTokens, 2_030);
});

test("D12-19 events tell method, candidates, attempts and tokens", async () => {
  const on = stage(["nobody", "c"]);
  await start(on);
  const told = (type: RunEvent["type"]) =>
    on.events.filter((event) => event.type === type).map(({ seq: _seq, path: _path, silent: _silent, ...event }) => event);
  assert.deepEqual(told("speaker.selected"), [
    { type: "speaker.selected", group: "mgr", agent: "c", method: "auto", candidates: ["a", "b", "c"], attempts: 2, tokens: 30 },
  ]);
  assert.deepEqual(told("speaker.answered"), [
    { type: "speaker.answered", group: "mgr", attempt: 1, most: 3, answer: "nobody", found: [] },
    { type: "speaker.answered", group: "mgr", attempt: 2, most: 3, answer: "c", found: ["c"] },
  ]);
});

// Structured selection.

test("structured: the answer is one of the names by schema", async () => {
  const on = stage(['{"speaker":"c"}'], { select: { output: "structured" } });
  await start(on);
  assert.deepEqual(speakers(on), ["c"]);
  const { response_format: format } = on.model.requests[0] as unknown as {
    readonly response_format: {
      readonly json_schema: { readonly strict: boolean; readonly schema: { readonly properties: unknown } };
    };
  };
  assert.equal(format.json_schema.strict, true);
  assert.deepEqual(format.json_schema.schema.properties, { speaker: { type: "string", enum: ["a", "b", "c"] } });
});

const choose = (name: string) => ({
  content: null,
  tool_calls: [
    {
      id: "t",
      type: "function" as const,
      function: { name: "select_next_speaker", arguments: JSON.stringify({ speaker: name }) },
    },
  ],
});

test("structured: an endpoint that refuses schemas is made to call a tool, from then on", async () => {
  const on = stage([failing({ status: 400 }), choose("c"), choose("b")], { maxRound: 3, select: { output: "structured" } });
  await start(on);
  assert.deepEqual(speakers(on), ["c", "b"]);
  const forms = on.model.requests.map((request) =>
    "response_format" in request ? "schema" : "tool_choice" in request ? "tool" : "text",
  );
  assert.deepEqual(forms, ["schema", "tool", "tool"]);
  assert.ok(on.events.some((event) => event.type === "warning" && event.code === "structured-output-refused"));
});

test("structured: the prompt of the library does not repeat what the schema says, one of the user's own stays", async () => {
  const closing = ({ model }: Stage) => model.requests.map(({ messages }) => (messages as readonly Message[]).at(-1)?.content);
  const own = stage(['{"speaker":"c"}'], { select: { output: "structured" } });
  await start(own);
  assert.deepEqual(closing(own), [PROMPT.content]);
  const { selectSpeakerPromptTemplate: _own, ...rest } = templates;
  const agents = [speaker("a"), speaker("b"), speaker("c")] as const;
  const model = scriptedModel(failing({ status: 400 }), failing({ status: 400 }), "c");
  const group = { maxRound: 2, speakerSelectionMethod: "auto", select: { output: "structured" }, ...rest } as const;
  const plain = scene(agents, group, { llmConfig: model.llmConfig });
  await agents[0].initiateChat(plain.manager, { message: "go", ...plain.told });
  const short = "Choose the role that plays next.";
  assert.deepEqual(closing({ ...plain, a: agents[0], model }), [short, short, plain.chat.selectSpeakerPrompt()]);
});

test("structured: an endpoint that refuses both is asked for a text", async () => {
  const on = stage([failing({ status: 400 }), failing({ status: 422 }), "**c**"], { select: { output: "structured" } });
  await start(on);
  assert.deepEqual(speakers(on), ["c"]);
  assert.deepEqual(
    Object.keys(on.model.requests[2] ?? {}).filter((key) => /format|tool/.test(key)),
    [],
  );
});

test("structured: an endpoint that ignores the schema is understood all the same", async () => {
  const on = stage(['```json\n{"speaker": "b"}\n```', "I choose c."], { maxRound: 3, select: { output: "structured" } });
  await start(on);
  assert.deepEqual(speakers(on), ["b", "c"]);
});

test("structured: a name that is no candidate is asked for again", async () => {
  const on = stage(['{"speaker":"zz"}', '{"speaker":"c"}'], { select: { output: "structured" } });
  await start(on);
  assert.deepEqual(speakers(on), ["c"]);
  assert.equal(on.model.requests.length, 2);
});

test("structured: other failures than a refusal go up", async () => {
  const on = stage([failing({ status: 401 })], { select: { output: "structured" } });
  assert.match(String(await rejection(start(on))), /answered 401/);
});

// Cost.

for (const method of ["auto", "structured", "round_robin", "random", "function"] as const) {
  test(`GRP-29 cost of a run by ${method} is what the endpoint counted, to the token`, async () => {
    const usage = (index: number): readonly [number, number] => [100 + index, 7 + index];
    const answers = ["b", "nobody", "c", "a", "b"].map((content, index) => ({ content, usage: usage(index) }));
    const structured = ["b", "c", "a"].map((name, index) => ({
      content: JSON.stringify({ speaker: name }),
      usage: usage(index),
    }));
    await using server = await modelServer({
      chooser: method === "structured" ? structured : answers,
      member: Array.from({ length: 8 }, (_, index) => ({
        content: `text ${String(index)}`,
        usage: [10 * index + 1, 3] as const,
      })),
      gist: [{ content: "gist", usage: [33, 4] }],
    });
    const llmConfig = (endpoint: string) => ({
      config_list: [{ model: "gpt-4o-mini", base_url: server.base(endpoint), api_key: "k", max_retries: 0 }],
      cache_seed: null,
    });
    const members = ["a", "b", "c"].map(
      (name) => new AssistantAgent({ name, systemMessage: name, description: `${name} does.`, llmConfig: llmConfig("member") }),
    );
    const group: Partial<GroupChatOptions> =
      method === "function"
        ? { speakerSelectionMethod: (last, { agents }) => agents[(agents.findIndex((one) => one === last) + 1) % 3] }
        : {
            speakerSelectionMethod: method === "structured" ? "auto" : method,
            select: { output: method === "structured" ? "structured" : "text" },
          };
    const { manager, told } = scene(members, { maxRound: 4, ...group }, { llmConfig: llmConfig("gist") });
    const own = scene(
      members,
      { maxRound: 4, ...group, selectSpeakerAutoLlmConfig: llmConfig("chooser") },
      { llmConfig: llmConfig("gist") },
    );
    const leader = method === "auto" || method === "structured" ? own.manager : manager;

    const result = await (members[0] as AssistantAgent).initiateChat(leader, {
      message: "go",
      summaryMethod: "reflection_with_llm",
      ...told,
    });

    const served = { chooser: 0, member: 0, gist: 0 };
    let prompt = 0;
    let completion = 0;
    for (const { endpoint } of server.requests) {
      const at = endpoint as keyof typeof served;
      const index = served[at]++;
      const [sent, given] = at === "chooser" ? usage(index) : at === "member" ? [10 * index + 1, 3] : [33, 4];
      prompt += sent;
      completion += given;
    }
    const counted = result.cost.usageExcludingCachedInference["gpt-4o-mini"] as ModelUsage;
    assert.deepEqual([counted.prompt_tokens, counted.completion_tokens], [prompt, completion]);
    assert.equal(served.member, 3);
    assert.equal(served.chooser > 0, method === "auto" || method === "structured");
  });
}
