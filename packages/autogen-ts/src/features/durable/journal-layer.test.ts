/** The journal around a chat that a program starts itself, and chats without it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";
import { agents, folder, model, said } from "../../../test/durable.js";
import { rejection } from "../../../test/pairs.js";
import { program } from "../../../test/programs.js";
import { memoryStream } from "../../index.js";
import { scriptedModel, type ScriptedModel } from "../testing/index.js";
import { journalLayer } from "./index.js";

async function chat(file: string, scripted: ScriptedModel, systemMessage = "SYS"): Promise<readonly string[]> {
  await using journal = await journalLayer(file);
  const { user, bot } = agents(scripted, { bot: { systemMessage } });
  const options = { message: "Q", maxTurns: 2, stream: memoryStream(), layers: [journal.layer] };
  const { chatHistory } = await user.initiateChat(bot, options);
  await journal.finish();
  return said(chatHistory);
}

test("a chat that is started again with its journal gets what was stored, and performs the rest", async () => {
  using place = folder();
  const file = join(place.dir, "chat.jsonl");
  await rejection(chat(file, model("one")));
  // The failure of the second request is stored as well; without it, as after a crash:
  const rest = model("two");
  assert.deepEqual(
    place.lines("chat").map(({ k }) => k),
    ["run/chat-0/model:bot#0", "run/chat-0/model:bot#1"],
  );
  await rejection(chat(file, rest));
  assert.equal(rest.requests.length, 0);

  const whole = join(place.dir, "whole.jsonl");
  const expected = await chat(whole, model("one", "two"));
  const nothing = scriptedModel();
  assert.deepEqual(await chat(whole, nothing), expected);
  assert.equal(nothing.requests.length, 0);
  await assert.rejects(chat(whole, nothing, "another"), { code: "replay-diverged" });
});

const WITHOUT = `
import { AssistantAgent, initiateChats, UserProxyAgent, GroupChat, GroupChatManager } from "./index.ts";
console.log(AssistantAgent, initiateChats, UserProxyAgent, GroupChat, GroupChatManager);
`;
const WITH = `
import { durableRuns, journalFile } from "./features/durable/index.ts";
console.log(durableRuns, journalFile);
`;

test("DUR-15 a program without it has nothing of it, also in what it would load later", async () => {
  const parts = ["ReplayGate", "StepContext", "autogen-ts-journal"];
  const found = async (source: string): Promise<readonly boolean[]> => {
    await using built = await program(source);
    const text = readFileSync(built.path, "utf8");
    return parts.map((part) => text.includes(part));
  };
  assert.deepEqual(await found(WITHOUT), [false, false, false]);
  assert.deepEqual(await found(WITH), [true, true, true]);
});
