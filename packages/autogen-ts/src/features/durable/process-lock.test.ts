/** One process for one run: who may take it over, and from whom. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { test } from "vitest";
import { chatting, folder, hostOf, model } from "../../../test/durable.js";
import { rejection } from "../../../test/pairs.js";
import { journalFile, type OpenRun, type RunStore } from "./index.js";

const HEAD = { conversation: "c", program: "1", input: null, time: "2026-01-01T00:00:00.000Z" };

async function storeWith(dir: string): Promise<RunStore> {
  const store = journalFile({ dir });
  await store.create({ id: "a", ...HEAD });
  return store;
}

const code = async (promise: Promise<unknown>): Promise<unknown> => ((await rejection(promise)) as { code?: unknown }).code;

test("DUR-13 a second process is refused, and is told the number of the first", async () => {
  using place = folder();
  const store = await storeWith(place.dir);
  const open = await store.open("a");
  const error = (await rejection(journalFile({ dir: place.dir }).open("a"))) as Error & { code: string };
  assert.equal(error.code, "run-locked");
  assert.ok(error.message.includes(`process ${String(process.pid)}`), error.message);
  assert.equal(await store.holder("a"), `process ${String(process.pid)} on ${hostname()}`);
  open.close();
  (await store.open("a")).close();
  assert.deepEqual(readdirSync(place.dir), ["a.jsonl"]);
});

test("DUR-13 the lock of a process that was killed is taken over", async () => {
  using place = folder();
  const store = await storeWith(place.dir);
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const lock = { pid: child.pid, host: hostname(), started: null, nonce: "n" };
  writeFileSync(join(place.dir, "a.lock"), JSON.stringify(lock));
  assert.equal(await code(store.open("a")), "run-locked");
  child.kill("SIGKILL");
  await once(child, "close");
  (await store.open("a")).close();
});

test.runIf(process.platform === "linux")("DUR-13 a process that got the number of a dead one is not taken for it", async () => {
  using place = folder();
  const store = await storeWith(place.dir);
  const open = await store.open("a");
  const held = JSON.parse(readFileSync(join(place.dir, "a.lock"), "utf8")) as Record<string, unknown>;
  assert.match(String(held["started"]), /^[0-9a-f-]{36} \d+$/);
  open.close();
  // The same number and machine, and another start.
  writeFileSync(join(place.dir, "a.lock"), JSON.stringify({ ...held, started: "00000000-0000-0000-0000-000000000000 1" }));
  (await store.open("a")).close();
});

test("a process of another machine cannot be asked, so its lock stays", async () => {
  using place = folder();
  const store = await storeWith(place.dir);
  writeFileSync(join(place.dir, "a.lock"), JSON.stringify({ pid: 1, host: "elsewhere", started: null, nonce: "n" }));
  const error = (await rejection(store.open("a"))) as Error;
  assert.match(error.message, /held by process 1 on elsewhere/);
});

test("of many that want to take over a dead lock one gets it", async () => {
  using place = folder();
  const store = await storeWith(place.dir);
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "close");
  for (let round = 0; round < 20; round += 1) {
    writeFileSync(
      join(place.dir, "a.lock"),
      JSON.stringify({ pid: child.pid, host: hostname(), started: null, nonce: String(round) }),
    );
    const opened = await Promise.allSettled(Array.from({ length: 8 }, async () => await store.open("a")));
    const winners = opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    assert.equal(winners.length, 1);
    winners.forEach((winner: OpenRun) => winner.close());
  }
});

test("what is no lock is refused, not removed", async () => {
  using place = folder();
  const store = await storeWith(place.dir);
  writeFileSync(join(place.dir, "a.lock"), "hello");
  assert.equal(await code(store.open("a")), "journal-failed");
});

test("a run that another process goes on with is `running`, and is not started twice", async () => {
  using place = folder();
  const scripted = model("one", "two", "three");
  const store = journalFile({ dir: place.dir });
  const one = chatting(scripted);
  await store.create({ ...HEAD, id: "a", conversation: "chat", input: { question: "Q" } });
  const open = await store.open("a");
  const host = hostOf(place.dir, one);
  assert.deepEqual(
    (await host.list()).map(({ status }) => status),
    ["running"],
  );
  assert.equal(await code(host.start(one, { question: "Q" }, { id: "a" })), "run-locked");
  assert.deepEqual(await host.resumeReady(), []);
  assert.equal(await code(host.remove("a")), "run-locked");
  open.close();
  assert.equal((await host.start(one, { question: "Q" }, { id: "a" })).status, "finished");
});
