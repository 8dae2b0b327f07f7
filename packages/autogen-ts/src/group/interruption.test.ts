import assert from "node:assert/strict";
import { test } from "vitest";
import { said, scene, speaker } from "../../test/groups.js";
import { rejection } from "../../test/pairs.js";
import { scriptedModel } from "../features/testing/index.js";
import {
  ConversableAgent,
  chatOfError,
  isAutogenError,
  type ConversableAgent as Conversable,
  type GroupChatManager,
} from "../index.js";

/** Waits for ever the first time, and has the group interrupted meanwhile. */
function stuck(name: string, interrupt: () => void): Conversable {
  const agent = new ConversableAgent({ name, humanInputMode: "NEVER", defaultAutoReply: `${name} says` });
  let first = true;
  agent.registerReply([() => true], async () => {
    if (!first) return [false, null];
    first = false;
    queueMicrotask(interrupt);
    return await new Promise<never>(() => undefined);
  });
  return agent;
}

function group(admin: string, message?: string) {
  const later: { manager?: GroupChatManager; answers: boolean[] } = { answers: [] };
  const b = stuck("b", () => later.answers.push(later.manager?.interrupt(message) ?? false, later.manager?.interrupt() ?? false));
  const c = speaker("c");
  const on = scene([speaker(admin), b, c], { maxRound: 4 });
  later.manager = on.manager;
  return { ...on, b, c, later };
}

test("GRP-38 an interruption lets the admin speak, then the group goes on", async () => {
  const { chat, manager, told, events, later } = group("Admin");
  const a = chat.agents[0] as Conversable;

  const result = await a.initiateChat(manager, { message: "go", ...told });

  assert.deepEqual(said(chat.messages), ["Admin: go", "Admin: Admin says", "b: b says", "c: c says"]);
  assert.deepEqual(later.answers, [true, false], "a second interruption of the same step is none");
  assert.equal(result.stopReason, "max-round");
  const methods = events.flatMap((event) => (event.type === "speaker.selected" ? [event.method] : []));
  assert.deepEqual(methods, ["round_robin", "interrupt", "round_robin", "round_robin"]);
});

test("GRP-38 interrupt(message): the admin says that message", async () => {
  const { chat, manager, told, c } = group("Admin", "stop that");
  await c.initiateChat(manager, { message: "go", ...told, stopWhen: ({ content }) => content === "stop that" });
  assert.deepEqual(said(chat.messages).slice(0, 2), ["c: go", "Admin: Admin says"]);
  assert.deepEqual(said(chat.messages).at(-1), "Admin: stop that");
});

test("GRP-38 without an admin the chat rejects with all that was said", async () => {
  const { manager, told, c } = group("somebody");
  const error = await rejection(c.initiateChat(manager, { message: "go", ...told }));
  assert.ok(isAutogenError(error, "aborted"));
  assert.match(error.message, /no participant is called `Admin`.*`adminName`/);
  assert.deepEqual(said(chatOfError(error)?.chatHistory ?? []), ["c: go", "somebody: somebody says"]);
});

test("GRP-38 a selection can be interrupted too", async () => {
  const later: { interrupt?: () => boolean } = {};
  const model = scriptedModel(async () => {
    queueMicrotask(() => later.interrupt?.());
    return await new Promise<never>(() => undefined);
  }, "c");
  const admin = speaker("Admin");
  const on = scene(
    [admin, speaker("b"), speaker("c")],
    { maxRound: 3, speakerSelectionMethod: "auto" },
    { llmConfig: model.llmConfig },
  );
  later.interrupt = () => on.manager.interrupt("change of plan");

  await admin.initiateChat(on.manager, { message: "go", ...on.told });

  assert.deepEqual(said(on.chat.messages), ["Admin: go", "Admin: change of plan", "c: c says"]);
});

test("interrupt when nothing runs does nothing", () => {
  const { manager } = scene([speaker("a"), speaker("b")]);
  assert.equal(manager.interrupt(), false);
});

test("an abort of the chat ends it, whoever the admin is", async () => {
  const stop = new AbortController();
  const admin = speaker("Admin");
  const b = stuck("b", () => stop.abort());
  const { chat, manager, told } = scene([admin, b]);

  const error = await rejection(admin.initiateChat(manager, { message: "go", signal: stop.signal, ...told }));

  assert.ok(isAutogenError(error, "aborted"));
  assert.deepEqual(said(chat.messages), ["Admin: go"]);
});
