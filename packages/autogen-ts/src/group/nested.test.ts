import assert from "node:assert/strict";
import { test } from "vitest";
import { said, scene, speaker } from "../../test/groups.js";
import { texts } from "../../test/pairs.js";
import { scriptedHuman } from "../features/testing/index.js";
import { ConversableAgent, GroupChat, GroupChatManager, memoryStream, streamChat } from "../index.js";

test("GRP-36 D12-14 a manager in a group says what its own group came to", async () => {
  const [x, y] = [speaker("x"), speaker("y", "the team says")];
  const inner = new GroupChatManager({
    name: "team",
    groupChat: new GroupChat({ agents: [x, y], speakerSelectionMethod: "round_robin", maxRound: 3 }),
  });
  const a = speaker("a");
  const { chat, manager, told } = scene([a, inner], { maxRound: 3 });

  const result = await a.initiateChat(manager, { message: "go", ...told });

  assert.deepEqual(said(inner.groupChat.messages), ["mgr: go", "x: x says", "y: the team says"]);
  assert.deepEqual(said(chat.messages), ["a: go", "team: the team says", "a: a says"]);
  assert.equal(result.stopReason, "max-round");
});

test("GRP-36 an inner group in which nobody speaks ends the outer run", async () => {
  const inner = new GroupChatManager({
    name: "team",
    groupChat: new GroupChat({ agents: [speaker("x"), speaker("y")], maxRound: 1 }),
  });
  const a = speaker("a");
  const { chat, manager, told } = scene([a, inner], { maxRound: 3 });
  await a.initiateChat(manager, { message: "go", ...told });
  assert.deepEqual(said(chat.messages), ["a: go"]);
});

test("GRP-36 an agent that holds a chat of its own answers for it, and its cost counts", async () => {
  const helper = speaker("helper", "from inside");
  const front = new ConversableAgent({ name: "front", humanInputMode: "NEVER" });
  front.registerReply([() => true], async (me, messages, _sender, _config, { run }) => {
    const { summary } = await me.initiateChat(helper, { message: texts(messages).join(), maxTurns: 1, run });
    return [true, `it is ${String(summary)}`];
  });
  const a = speaker("a");
  const { chat, manager, told } = scene([a, front], { maxRound: 2 });
  await a.initiateChat(manager, { message: "go", ...told });
  assert.deepEqual(said(chat.messages), ["a: go", "front: it is from inside"]);
});

const LINE = "-".repeat(80);

test("GRP-37 the text of a complete run", async () => {
  const user = new ConversableAgent({ name: "user", humanInputMode: "ALWAYS" });
  const b = speaker("b", {
    content: "calling",
    tool_calls: [{ id: "t", type: "function", function: { name: "ping", arguments: "{}" } }],
  });
  user.registerFunctionMap({ ping: () => "pong" });
  const human = scriptedHuman("", "fine");
  const { manager } = scene([user, b], { maxRound: 3 });

  await user.initiateChat(manager, { message: "go", stream: human });

  const prompt = /Replying as user\. .*: /.exec(human.text)?.[0] ?? "";
  assert.equal(
    human.text,
    `user (to mgr):\n\ngo\n\n${LINE}\n\nNext speaker: b\n\n` +
      `b (to mgr):\n\ncalling\n***** Suggested tool call (t): ping *****\nArguments: \n{}\n*****************************************\n\n${LINE}\n` +
      `\nNext speaker: user\n\n${prompt}\n>>>>>>>> NO HUMAN INPUT RECEIVED.\n\n>>>>>>>> USING AUTO REPLY...\n\n>>>>>>>> EXECUTING FUNCTION ping...\n` +
      `user (to mgr):\n\nuser (to mgr):\n\n***** Response from calling tool (t) *****\npong\n******************************************\n\n${LINE}\n`,
  );
});

test("GRP-37 a silent manager prints the first message only, also in colour", async () => {
  const a = speaker("a");
  const { manager } = scene([a, speaker("b")], { maxRound: 3 }, { silent: true });
  const stream = Object.assign(memoryStream(), { supportsColor: true });
  await a.initiateChat(manager, { message: "go", stream });
  assert.equal(stream.text, `\u001B[33ma\u001B[0m (to mgr):\n\ngo\n\n${LINE}\n`);
});

test("a run of a group is one ordered stream of events", async () => {
  const a = speaker("a");
  const { manager, stream } = scene([a, speaker("b"), speaker("c")], { maxRound: 3 });
  const types: string[] = [];
  const numbers: number[] = [];
  for await (const event of streamChat(a, manager, { message: "go", stream })) {
    numbers.push(event.seq);
    types.push(event.type === "message.received" ? `${event.from} to ${event.to}` : event.type);
  }
  assert.deepEqual(types, ["chat.start", "a to mgr", "speaker.selected", "b to mgr", "speaker.selected", "c to mgr", "chat.end"]);
  assert.deepEqual(
    numbers,
    numbers.toSorted((one, other) => one - other),
  );
});
