import assert from "node:assert/strict";
import { test } from "vitest";
import { said, scene, speaker } from "../../test/groups.js";
import { ConversableAgent, GroupChat, GroupChatManager, type GroupChatOptions } from "../index.js";

const [a, b, c] = [speaker("a"), speaker("b"), speaker("c")];
const agents = [a, b, c];
const outside = speaker("zz");

test("GRP-01 every default", () => {
  const chat = new GroupChat({ agents });
  assert.deepEqual(chat.messages, []);
  assert.equal(chat.maxRound, 10);
  assert.equal(chat.adminName, "Admin");
  assert.equal(chat.funcCallFilter, true);
  assert.equal(chat.speakerSelectionMethod, "auto");
  assert.equal(chat.maxRetriesForSelectingSpeaker, 2);
  assert.equal(chat.allowRepeatSpeaker, true);
  assert.equal(chat.transitions.given, false);
  assert.equal(chat.enableClearHistory, false);
  assert.equal(chat.sendIntroductions, false);
  assert.equal(chat.selectSpeakerAutoVerbose, false);
  assert.equal(chat.roleForSelectSpeakerMessages, "system");
  assert.equal(chat.multimodal, false);
  const manager = new GroupChatManager({ groupChat: chat });
  assert.equal(manager.name, "chat_manager");
  assert.equal(manager.humanInputMode, "NEVER");
  assert.ok(manager.maxConsecutiveAutoReply() > 1e15);
});

for (const [option, value, message] of [
  ["maxRound", -1, /`maxRound` of a group chat is -1/],
  ["maxRound", "8", /`maxRound` of a group chat is "8"/],
  ["maxRetriesForSelectingSpeaker", -1, /a whole number, 0 or more/],
  ["maxRetriesForSelectingSpeaker", 1.5, /1\.5/],
  ["funcCallFilter", "yes", /true or false/],
  ["sendIntroductions", 1, /true or false/],
  ["selectSpeakerAutoVerbose", "no", /true or false/],
  ["enableClearHistory", null, /true or false/],
  ["selectSpeakerMessageTemplate", "", /a text that is not empty/],
  ["selectSpeakerMessageTemplate", null, /a text that is not empty/],
  ["selectSpeakerAutoMultipleTemplate", null, /a text that is not empty/],
  ["selectSpeakerAutoNoneTemplate", "", /a text that is not empty/],
  ["selectSpeakerPromptTemplate", 5, /a text, or null for none/],
  ["roleForSelectSpeakerMessages", "", /a text that is not empty/],
  ["roleForSelectSpeakerMessages", null, /a text that is not empty/],
  ["selectSpeakerTransformMessages", {}, /a capability that transforms messages/],
  ["speakerSelectionMethod", 7, /one of "auto", "manual", "random" and "round_robin", or a function/],
  ["allowRepeatSpeaker", "yes", /allowRepeatSpeaker/],
  ["allowRepeatSpeaker", [outside], /`zz`/],
  ["speakerTransitionsType", "sometimes", /speakerTransitionsType/],
  ["messages", "hi", /a list of messages/],
  ["contextVariables", undefined, null],
  ["max_round", 5, /unknown option `max_round`\. Did you mean `maxRound`\?/],
  ["colour", "red", /The options are `agents`/],
  ["handoffs", { nobody: [] }, /`handoffs` of a group chat names `nobody`/],
  ["handoffs", { a: [{ to: "b", when: 5 }] }, /is of no known kind/],
  ["handoffs", { a: [{}] }, /says not where `to`/],
  ["handoffs", { a: "b" }, /is no list/],
  ["afterTurn", { a: "nobody" }, /names `nobody`/],
] as const) {
  if (message === null) continue;
  test(`GRP-01 ${option}: ${JSON.stringify(value)} is refused`, () => {
    const options = { agents, [option]: value } as unknown as GroupChatOptions;
    assert.throws(() => new GroupChat(options), { code: "invalid-option", message });
  });
}

test("GRP-01 no agents, or something else, is refused", () => {
  for (const given of [undefined, null, "a", {}, { agents: "a" }, { agents: [5] }, { agents: [{ name: "x" }] }]) {
    assert.throws(() => new GroupChat(given as unknown as GroupChatOptions), { code: "invalid-option" });
  }
});

test("GRP-01 an empty prompt template stands for none", () => {
  assert.equal(new GroupChat({ agents, selectSpeakerPromptTemplate: "" }).selectSpeakerPrompt(), null);
  assert.equal(new GroupChat({ agents, selectSpeakerPromptTemplate: null }).selectSpeakerPrompt(), null);
});

test("GRP-01 transitions and their type belong together, and exclude the repeat rule", () => {
  const allowedOrDisallowedSpeakerTransitions = new Map([[a, [b]]]);
  assert.throws(() => new GroupChat({ agents, allowedOrDisallowedSpeakerTransitions }), { code: "invalid-option" });
  const both = {
    agents,
    allowedOrDisallowedSpeakerTransitions,
    speakerTransitionsType: "allowed",
    allowRepeatSpeaker: true,
  } as const;
  assert.throws(() => new GroupChat(both), { code: "invalid-option", message: /allowRepeatSpeaker/ });
});

test("D12-20 two participants of one name are refused", () => {
  assert.throws(() => new GroupChat({ agents: [speaker("x"), speaker("x")] }), { code: "agent-name-conflict", message: /`x`/ });
});

test("GRP-03 append names the speaker, except for functions, and keeps the text of contents", () => {
  const chat = new GroupChat({ agents });
  const given = Object.freeze({ role: "user", content: "x", name: "someone else" });
  chat.append(given, a);
  chat.append({ role: "function", name: "fn", content: "r" }, b);
  chat.append({ role: "tool", tool_call_id: "i", content: "t" }, b);
  chat.append({ role: "assistant", content: null, tool_calls: [] }, c);
  chat.append(
    {
      content: [
        { type: "text", text: "see " },
        { type: "image_url", image_url: { url: "u" } },
      ],
    },
    c,
  );
  chat.append({ content: (context) => `dear ${String(context["who"])}`, context: { who: "Ann" } }, c);

  assert.deepEqual(said(chat.messages), ["a: x", "fn: r", "b: t", "c: ", "c: see <image>", "c: dear Ann"]);
  assert.equal(given.name, "someone else");
});

test("GRP-03 what is no message is refused", () => {
  assert.throws(() => new GroupChat({ agents }).append({}, a), { code: "invalid-message" });
  assert.throws(() => new GroupChat({ agents, messages: [{ content: 5 as unknown as string }] }), { code: "invalid-message" });
});

test("GRP-04 nextAgent goes on in order and wraps, within a subset, from anywhere", () => {
  const chat = new GroupChat({ agents });
  assert.equal(chat.nextAgent(a), b);
  assert.equal(chat.nextAgent(c), a);
  assert.equal(chat.nextAgent(outside), a);
  assert.equal(chat.nextAgent(a, [a, c]), c);
  assert.equal(chat.nextAgent(c, [b]), b);
  assert.equal(chat.nextAgent(b, [b]), b);
  assert.equal(chat.nextAgent(outside, [c]), c);
  assert.throws(() => chat.nextAgent(a, []), { code: "undefined-next-agent" });
  assert.throws(() => chat.nextAgent(a, [outside]), { code: "undefined-next-agent", message: /`zz`/ });
});

test("GRP-05 role list, name list and templates; D12-18 other braces stay", () => {
  const plain = speaker("plain", "x", { description: "" });
  const chat = new GroupChat({
    agents: [a, plain],
    selectSpeakerMessageTemplate: "{roles}|{agentlist}|{roles}|{other} {} $& {",
    selectSpeakerPromptTemplate: "{agentlist}? {roles}",
  });
  const roles = "a: a does things.\nplain:";
  assert.equal(chat.selectSpeakerMsg(), `${roles}|['a', 'plain']|${roles}|{other} {} $& {`);
  assert.equal(chat.selectSpeakerMsg([plain]), "plain:|['plain']|plain:|{other} {} $& {");
  assert.equal(chat.selectSpeakerPrompt([a]), "['a']? a: a does things.");
  assert.ok(chat.introductionsMsg([a]).endsWith("\n\na: a does things."));
});

test("GRP-05 the default texts hold both places", () => {
  const chat = new GroupChat({ agents });
  assert.ok(chat.selectSpeakerMsg().includes("a: a does things.\nb: b does things."));
  assert.ok(chat.selectSpeakerMsg().includes("['a', 'b', 'c']"));
  assert.ok(chat.selectSpeakerPrompt()?.includes("['a', 'b', 'c']"));
  assert.ok(chat.selectSpeakerAutoNoneTemplate.includes("{agentlist}"));
});

test("GRP-35 agentByName looks into nested groups when asked, and refuses a name that several have", () => {
  const inner = new GroupChatManager({ name: "inner", groupChat: new GroupChat({ agents: [a, speaker("deep")] }) });
  const chat = new GroupChat({ agents: [speaker("a"), inner, b] });

  assert.deepEqual(
    chat.nestedAgents().map(({ name }) => name),
    ["a", "inner", "b", "a", "deep"],
  );
  assert.equal(chat.agentByName("deep"), null);
  assert.equal(chat.agentByName("deep", { recursive: true })?.name, "deep");
  assert.equal(chat.agentByName("a", { recursive: true }), chat.agents[0]);
  const find = () => chat.agentByName("a", { recursive: true, raiseOnNameConflict: true });
  assert.throws(find, { code: "agent-name-conflict" });
});

test("reset empties the transcript in place", () => {
  const { chat } = scene([a, b], { messages: [{ role: "user", content: "x", name: "a" }] });
  const { messages } = chat;
  assert.equal(messages.length, 1);
  chat.reset();
  assert.equal(messages.length, 0);
});

test("a manager needs a group", () => {
  const make = () => new GroupChatManager({ groupChat: {} as unknown as GroupChat });
  assert.throws(make, { code: "invalid-option", message: /needs a `groupChat`/ });
  assert.throws(() => new GroupChatManager({ groupChat: new GroupChat({ agents }), colour: 1 } as never), {
    code: "invalid-option",
  });
});

test("a state of a manager's participant can be saved and loaded like any other", async () => {
  const one = new ConversableAgent({ name: "one", humanInputMode: "NEVER", defaultAutoReply: "said" });
  const { manager, told } = scene([a, one], { maxRound: 2 });
  await a.initiateChat(manager, { message: "go", ...told });

  const copy = one.clone();
  copy.loadState(one.saveState(), { peers: [manager] });

  assert.deepEqual(copy.chatMessages.get(manager), one.chatMessages.get(manager));
});
