/** What must not compile: each `@ts-expect-error` fails the check of types when the line below it compiles. */
import assert from "node:assert/strict";
import { test } from "vitest";
import { AssistantAgent, ConversableAgent, GroupChat, GroupChatManager, UserProxyAgent, type SpeakerFunction } from "../index.js";

const user = new UserProxyAgent({ name: "user", codeExecutionConfig: false });
const coder = new AssistantAgent({ name: "coder" });
const critic = new ConversableAgent({ name: "critic" });
const stranger = new AssistantAgent({ name: "stranger" });
const agents = [user, coder, critic] as const;

const refused = { code: "invalid-option" } as const;

test("a table by names, or by agents, may only name participants", () => {
  const byName = new GroupChat({
    agents,
    allowedOrDisallowedSpeakerTransitions: { user: ["coder"], coder: ["critic", "user"], critic: [] },
    speakerTransitionsType: "allowed",
  });
  const names: readonly ("user" | "coder" | "critic")[] = byName.agentNames;
  assert.deepEqual(names, ["user", "coder", "critic"]);

  const misspelt = () =>
    new GroupChat({
      agents,
      // @ts-expect-error nobody is called `codr`
      allowedOrDisallowedSpeakerTransitions: { user: ["codr"] },
      speakerTransitionsType: "allowed",
    });
  assert.throws(misspelt, refused);

  const unknownKey = () =>
    new GroupChat({
      agents,
      // @ts-expect-error nobody is called `usr`
      allowedOrDisallowedSpeakerTransitions: { usr: ["coder"] },
      speakerTransitionsType: "allowed",
    });
  assert.throws(unknownKey, refused);

  const foreign = () =>
    new GroupChat({
      agents,
      allowedOrDisallowedSpeakerTransitions: new Map([[stranger, [coder]]]),
      speakerTransitionsType: "allowed",
    });
  assert.throws(foreign, refused, "Maps of agents are checked when the program runs");
});

test("repeat lists and selectors may only name participants", async () => {
  // @ts-expect-error the stranger takes no part
  assert.throws(() => new GroupChat({ agents, allowRepeatSpeaker: [stranger] }), refused);

  const known: SpeakerFunction<"user" | "coder" | "critic"> = (last) => (last === user ? coder : user);
  const chat = new GroupChat({ agents, speakerSelectionMethod: known });
  const next: "user" | "coder" | "critic" = chat.nextAgent(user).name;
  assert.equal(next, "coder");

  const byName = new GroupChat({ agents, speakerSelectionMethod: (last) => (last.name === "user" ? "coder" : "auto") });
  assert.equal(await byName.selectSpeaker(user, new GroupChatManager({ groupChat: byName })), coder);

  // @ts-expect-error nobody is called `codr`, and there is no such method
  const misspelt = new GroupChat({ agents, speakerSelectionMethod: () => "codr" });
  await assert.rejects(misspelt.selectSpeaker(user, new GroupChatManager({ groupChat: misspelt })), refused);

  // @ts-expect-error the stranger takes no part
  const wild = new GroupChat({ agents, speakerSelectionMethod: () => stranger });
  await assert.rejects(wild.selectSpeaker(user, new GroupChatManager({ groupChat: wild })), refused);
});

test("handoffs may only name participants", () => {
  const known = () =>
    new GroupChat({ agents, handoffs: { user: [{ to: "coder" }, { to: "terminate", when: { text: "bye" } }] } });
  assert.doesNotThrow(known);
  // @ts-expect-error nobody is called `codr`
  assert.throws(() => new GroupChat({ agents, handoffs: { user: [{ to: "codr" }] } }), refused);
  // @ts-expect-error nobody is called `codr`
  assert.throws(() => new GroupChat({ agents, afterTurn: { user: "codr" } }), refused);
});

test("names that the compiler does not know are checked when the program runs", () => {
  const anybody: readonly ConversableAgent[] = [...agents];
  const chat = new GroupChat({ agents: anybody });
  const names: readonly string[] = chat.agentNames;
  assert.equal(names.length, 3);
  const manager: GroupChatManager = new GroupChatManager({ groupChat: new GroupChat({ agents }) });
  assert.equal(manager.name, "chat_manager");
});
