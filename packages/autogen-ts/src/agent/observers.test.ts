import assert from "node:assert/strict";
import { afterEach, test } from "vitest";
import { AssistantAgent, observe, OpenAIWrapper, UserProxyAgent, type EffectLayer, type RunEvent } from "../index.js";
import { scriptedModel, type ScriptedReply } from "../features/testing/index.js";

let end = (): void => {};
afterEach(() => end());

const call = { id: "call_1", type: "function", function: { name: "double", arguments: '{"n":21}' } } as const;

function people(...answers: readonly ScriptedReply[]): { user: UserProxyAgent; assistant: AssistantAgent } {
  const { llmConfig } = scriptedModel(...answers);
  const assistant = new AssistantAgent({ name: "assistant", llmConfig });
  const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
  return { user, assistant };
}

test("LOG-14 an observer is told of agents, messages, replies, tools and requests, in the order in which they happen", async () => {
  const told: string[] = [];
  end = observe({
    agentMade: ({ agent, wrapper }) => told.push(`made ${agent.name}${wrapper === null ? "" : " with a model"}`),
    messageReceived: ({ agent, sender }) => told.push(`${agent.name} < ${sender.name}`),
    replyTried: ({ agent, replyFunction, final }) => final && told.push(`${agent.name} answers by ${replyFunction.name}`),
    toolUsed: ({ tool, args, returned }) => told.push(`${tool}(${JSON.stringify(args)}) = ${returned}`),
    modelAsked: ({ agent, params }) => {
      told.push(`${agent} asks with ${String((params["messages"] as unknown[]).length)} messages`);
      return ({ outcome }) => told.push("response" in outcome ? `cached: ${String(outcome.response.cached)}` : "failed");
    },
  });
  const { user, assistant } = people({ tool_calls: [call] }, "42. TERMINATE");
  user.registerFunctionMap({ double: ({ n }: { n: number }) => String(2 * n) });

  await user.initiateChat(assistant, { message: "21 times 2?", silent: true, maxTurns: 2 });

  assert.deepEqual(told, [
    "made assistant with a model",
    "made user",
    "assistant < user",
    "assistant asks with 2 messages",
    "cached: false",
    "assistant answers by askModel",
    "user < assistant",
    'double({"n":21}) = 42',
    "user answers by callTools",
    "assistant < user",
    "assistant asks with 4 messages",
    "cached: false",
    "assistant answers by askModel",
    "user < assistant",
  ]);
});

test("LOG-14 an observer joins every run, sees each event first, and its layers are outside of all others", async () => {
  const order: string[] = [];
  const layer =
    (name: string): EffectLayer =>
    (next) =>
    (effect, execute) => {
      order.push(`${name} ${effect.kind}`);
      return next(effect, execute);
    };
  const seen = (who: string) => (event: RunEvent) => void (event.type === "llm.start" && order.push(`${who} llm.start`));
  end = observe({ joinRun: () => ({ onEvent: seen("observer"), layers: [layer("observer")] }) });
  const { user, assistant } = people("Hello.");

  await user.initiateChat(assistant, {
    message: "Hi",
    maxTurns: 1,
    silent: true,
    onEvent: seen("user"),
    layers: [layer("user")],
  });

  assert.deepEqual(order, ["observer llm.start", "user llm.start", "observer model", "user model"]);
});

test("LOG-14 messages, tools and answers are told to observers before the events that announce them", async () => {
  const order: string[] = [];
  end = observe({
    messageReceived: ({ agent }) => order.push(`told: message to ${agent.name}`),
    toolUsed: ({ tool }) => order.push(`told: ${tool}`),
    modelAsked: () => () => order.push("told: answer"),
  });
  const announced = (event: RunEvent): void => {
    if (event.type === "message.received") order.push(`event: message to ${event.to}`);
    if (event.type === "tool.end") order.push(`event: ${event.tool}`);
    if (event.type === "llm.end") order.push("event: answer");
  };
  const { user, assistant } = people({ tool_calls: [call] }, "42");
  user.registerFunctionMap({ double: () => "42" });

  await user.initiateChat(assistant, { message: "Hi", silent: true, maxTurns: 2, onEvent: announced });

  const pairs = ["message to assistant", "answer", "message to user", "double", "message to assistant"];
  assert.deepEqual(
    order.slice(0, 10),
    pairs.flatMap((what) => [`told: ${what}`, `event: ${what}`]),
  );
});

test("LOG-08 calls of a model without an agent are observed too, failures included", async () => {
  const told: unknown[] = [];
  end = observe({
    modelAsked: ({ asker, agent }) => {
      told.push([asker, agent]);
      return ({ outcome }) => told.push("error" in outcome ? "failed" : outcome.response.choices[0]?.message?.content);
    },
  });
  const { llmConfig } = scriptedModel("Paris.", new Error("down"));
  const client = new OpenAIWrapper(llmConfig);

  await client.create({ messages: [{ role: "user", content: "Capital?" }] });
  await assert.rejects(client.create({ messages: [{ role: "user", content: "Again?" }], agent: "geographer" }));

  assert.deepEqual(told, [[null, "client"], "Paris.", ["geographer", "geographer"], "failed"]);
});

test("LOG-09 an observer that throws changes nothing: its errors go to itself, and other observers are told", async () => {
  const failures: unknown[] = [];
  const bad = new Error("disk full");
  const fails = (): never => {
    throw bad;
  };
  const others: string[] = [];
  const endBad = observe({
    ...{ joinRun: fails, agentMade: fails, wrapperMade: fails, messageReceived: fails, replyTried: fails },
    modelAsked: () => fails,
    failed: (error) => failures.push(error),
  });
  const endGood = observe({ messageReceived: ({ agent }) => others.push(agent.name) });
  end = () => {
    endBad();
    endGood();
  };
  const { user, assistant } = people("Hello.");

  const { chatHistory } = await user.initiateChat(assistant, { message: "Hi", maxTurns: 1, silent: true });

  assert.equal(chatHistory.length, 2);
  assert.deepEqual(others, ["assistant", "user"]);
  assert.ok(failures.length >= 8 && failures.every((error) => error === bad));
});

test("LOG-01 what ended its observation is told of nothing any more", async () => {
  const told: string[] = [];
  observe({ agentMade: ({ agent }) => told.push(agent.name) })();
  people("Hello.");
  assert.deepEqual(told, []);
});
