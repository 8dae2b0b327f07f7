import assert from "node:assert/strict";
import { test } from "vitest";
import { cast } from "../../test/nested.js";
import { rejection, texts } from "../../test/pairs.js";
import {
  AssistantAgent,
  isAutogenError,
  UserProxyAgent,
  type Agent,
  type NestedEntry,
  type NestedOptions,
  type Trigger,
} from "../index.js";

class Boss extends UserProxyAgent {}
const boss = new Boss({ name: "boss", humanInputMode: "NEVER", codeExecutionConfig: false });

for (const [kind, trigger, matches] of [
  ["a class", Boss, true],
  ["another class", AssistantAgent, false],
  ["a name", "boss", true],
  ["another name", "user", false],
  ["an agent", boss, true],
  ["a predicate", (sender: Agent | null) => sender?.name.startsWith("b") === true, true],
  ["a predicate that says no", () => false, false],
  ["a list", ["nobody", Boss], true],
] as readonly (readonly [string, Trigger, boolean])[]) {
  test(`MULTI-14 trigger: ${kind}`, async () => {
    const { writer, critic, told } = cast();
    writer.registerNestedChats([{ recipient: critic, maxTurns: 1 }], { trigger });
    const { summary } = await boss.initiateChat(writer, { message: "m", maxTurns: 1, ...told });
    assert.equal(summary, matches ? "too long" : "writer's own");
  });
}

test("MULTI-14 with a proper trigger the owner answers inner agents by its own means", async () => {
  const { user, writer, critic, told } = cast({ critic: ["c1", "c2"] });
  writer.registerNestedChats([{ recipient: critic, maxTurns: 2 }], { trigger: user });
  await user.initiateChat(writer, { message: "Write", maxTurns: 1, ...told });
  assert.deepEqual(texts(writer.chatMessages.get(critic) ?? []), ["Write", "c1", "writer's own", "c2"]);
});

test("MULTI-14 nested chats that set themselves off end with an error that says so", async () => {
  const { user, writer, critic, checker, told } = cast();
  writer.registerNestedChats(
    [
      { recipient: critic, maxTurns: 1 },
      { recipient: checker, message: "Check", maxTurns: 2 },
    ],
    { trigger: () => true },
  );
  const error = await rejection(user.initiateChat(writer, { message: "Write", maxTurns: 1, ...told }));
  assert.ok(isAutogenError(error, "invalid-state"));
  assert.match(error.message, /nested chats of `writer` set themselves off: `checker`.*`trigger`/);
});

const { writer: nobody, critic: anybody } = cast();
for (const [problem, queue, options] of [
  ["another word for the reply", [{ recipient: anybody }], { replyFuncFromNestedChats: "unknown" }],
  ["no trigger", [{ recipient: anybody }], { trigger: null }],
  ["a queue that is none", {}, {}],
  ["an entry without recipient", [{ message: "m" }], {}],
  ["`useAsync` without ids", [{ recipient: anybody, message: "m" }], { useAsync: true }],
  ["ids for some", [{ recipient: anybody, chatId: 1 }, { recipient: anybody }], {}],
  ["a circle", [{ recipient: anybody, chatId: 1, prerequisites: [1] }], { useAsync: true }],
] as const) {
  test(`MULTI-16 ${problem}: refused when it is registered`, () => {
    const register = (): void =>
      nobody.registerNestedChats(queue as readonly NestedEntry[], { trigger: "user", ...options } as NestedOptions);
    assert.throws(register, { code: "invalid-option" });
  });
}
