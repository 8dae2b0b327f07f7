/** What a journal holds, what it refuses to hold, and damage. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";
import { agents, chatting, crashAt, folder, hostOf, model } from "../../../test/durable.js";
import { rejection } from "../../../test/pairs.js";
import { program } from "../../../test/programs.js";
import { defineTool, registerFunction } from "../../index.js";
import { scriptedModel } from "../testing/index.js";
import { conversation, durableRuns, journalFile } from "./index.js";

for (const id of ["", "../x", "a/b", ".hidden", "x".repeat(101), "a b"]) {
  test(`bad input: the id ${JSON.stringify(id.slice(0, 20))} is refused before anything is written`, async () => {
    using place = folder();
    const one = chatting(model());
    const host = hostOf(join(place.dir, "journals"), one);
    assert.equal(((await rejection(host.start(one, { question: "Q" }, { id }))) as { code: string }).code, "invalid-option");
  });
}

for (const [what, result, path] of [
  ["a function", { rows: [{ f: () => 1 }] }, ".rows[0].f"],
  ["a bigint", { n: 1n }, ".n"],
  ["a Date", { at: new Date(0) }, ".at"],
  ["NaN", [Number.NaN], "[0]"],
  ["a Map", new Map(), ""],
] as const) {
  test(`a step that gives ${what} is an error that names it, and nothing of it is stored`, async () => {
    using place = folder();
    const one = conversation(
      "c",
      async (_: null, { run }) => await run.perform("io", "search", null, async () => result as never),
    );
    const error = (await rejection(hostOf(place.dir, one).start(one, null, { id: "a" }))) as Error & { code: string };
    assert.equal(error.code, "not-storable");
    assert.match(error.message, /`search`/);
    assert.ok(error.message.includes(what) && error.message.includes(path), error.message);
    assert.deepEqual(place.lines("a"), []);
  });
}

test("a tool whose images are no JSON is named before anything is stored", async () => {
  using place = folder();
  const call = { id: "c1", function: { name: "draw", arguments: "{}" } };
  const image = { type: "image_url", image_url: { url: "x", bytes: new Uint8Array(3) } };
  const one = conversation("c", async (_: null, { run }) => {
    const { user, bot } = agents(scriptedModel({ tool_calls: [call] }));
    const tool = defineTool({
      name: "draw",
      description: "Draws",
      parameters: { type: "object", properties: {} },
      execute: () => [image],
    });
    registerFunction(tool, { caller: bot, executor: user });
    return (await user.initiateChat(bot, { message: "Q", run })).summary;
  });
  const error = (await rejection(hostOf(place.dir, one).start(one, null, { id: "a" }))) as Error;
  assert.match(error.message, /the tool `draw`.*Uint8Array/);
});

test("a step that stores more than its limit is an error with both figures", async () => {
  using place = folder();
  const one = conversation(
    "c",
    async (_: null, { run }) => await run.perform("io", "search", null, async () => "x".repeat(2000)),
  );
  const error = (await rejection(hostOf(place.dir, one, { maxStepBytes: 1000 }).start(one, null, { id: "a" }))) as Error;
  assert.match(error.message, /`search` gave has 2002 bytes, and a step may store 1000/);
  assert.deepEqual(place.lines("a"), []);
});

test("a result of the program that is no JSON is refused; its steps are stored", async () => {
  using place = folder();
  const one = conversation("c", async (_: null, { run }) => {
    await run.perform("io", "search", null, async () => 1);
    return { when: new Date(0) };
  });
  const error = (await rejection(hostOf(place.dir, one).start(one, null, { id: "a" }))) as Error & { code: string };
  assert.deepEqual([error.code, place.lines("a").length], ["not-storable", 1]);
});

test("DUR-13 a torn last line is cut off, and its step is performed again", async () => {
  using place = folder();
  const before = model("one", "two");
  await rejection(hostOf(place.dir, chatting(before)).start(chatting(before), { question: "Q" }, { id: "a", ...crashAt(3) }));
  const file = join(place.dir, "a.jsonl");
  writeFileSync(file, readFileSync(file, "utf8").slice(0, -30));
  const rest = model("zwei", "three");
  const outcome = await hostOf(place.dir, chatting(rest)).resume("a");
  assert.deepEqual(outcome.status === "finished" && (outcome.result as { texts: string[] }).texts, [
    "Q",
    "one",
    "",
    "zwei",
    "",
    "three",
  ]);
  assert.equal(place.lines("a").length, 4);
});

for (const [what, text, message] of [
  ["damage in the middle", "not JSON\n", /line 2: it is no JSON/],
  ["a line of no known kind", '{"x":1}\n', /line 2: it is of no known kind/],
] as const) {
  test(`DUR-13 ${what} is refused with file and line`, async () => {
    using place = folder();
    const before = model("one");
    const host = hostOf(place.dir, chatting(before));
    await host.start(chatting(before), { question: "Q" }, { id: "a", ...crashAt(1) }).catch(() => undefined);
    appendFileSync(join(place.dir, "a.jsonl"), text);
    const error = (await rejection(host.resume("a"))) as Error & { code: string };
    assert.equal(error.code, "journal-failed");
    assert.match(error.message, message);
  });
}

test("a journal of a newer form, or no journal at all, is refused", async () => {
  using place = folder();
  const host = hostOf(place.dir, chatting(model()));
  writeFileSync(join(place.dir, "new.jsonl"), '{"format":"autogen-ts-journal","version":2,"id":"new"}\n');
  writeFileSync(join(place.dir, "other.jsonl"), '{"hello":1}\n');
  assert.match(((await rejection(host.show("new"))) as Error).message, /version 2 .* knows 1.*Update/);
  assert.match(((await rejection(host.show("other"))) as Error).message, /is no journal/);
});

test("`sync: always` stores the same", async () => {
  using place = folder();
  const scripted = model("one", "two", "three");
  const one = chatting(scripted);
  const host = durableRuns({ store: journalFile({ dir: place.dir, sync: "always" }), conversations: [one] });
  assert.equal((await host.start(one, { question: "Q" }, { id: "a" })).status, "finished");
  assert.equal(place.lines("a").length, 4);
});

const ON_FULL_DISK = `
  import { conversation, durableRuns, journalFile } from "./features/durable/index.ts";
  const dir = process.argv[2];
  const work = conversation("work", async (_, { run }) => {
    const gave = [];
    for (let index = 0; index < 20; index += 1) {
      gave.push(await run.perform("io", "shop", { index }, async () => { console.log("performed " + index); return "x".repeat(1000); }));
    }
    return gave.length;
  });
  const runs = durableRuns({ store: journalFile({ dir }), conversations: [work] });
  const outcome = await runs.start(work, null, { id: "a" }).catch(({ code, message }) => ({ code, message }));
  console.log(JSON.stringify(outcome));
`;

test("a full disk stops the run; nothing half-written stays, and it goes on when there is room", async () => {
  using place = folder();
  await using full = await program(ON_FULL_DISK);
  // Files of this process may have 8 KiB: the system then writes a part, and refuses the rest, as a full disk does.
  const command = `ulimit -f 8; exec "${process.execPath}" "${full.path}" "${place.dir}"`;
  const first = spawnSync("bash", ["-c", command], { encoding: "utf8" });
  assert.match(first.stdout, /"code":"journal-failed","message":"The journal .* cannot be written: EFBIG/);
  const stored = place.lines("a").length;
  assert.ok(stored >= 5 && readFileSync(join(place.dir, "a.jsonl"), "utf8").endsWith("}\n"));

  const second = spawnSync(process.execPath, [full.path, place.dir], { encoding: "utf8" });
  assert.match(second.stdout, /\{"id":"a","status":"finished","result":20\}/);
  assert.equal(second.stdout.match(/performed/g)?.length, 20 - stored);
});
