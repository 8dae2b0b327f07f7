import assert from "node:assert/strict";
import { Worker } from "node:worker_threads";
import { test } from "vitest";
import { memoryStream } from "../../../io/index.js";
import { program } from "../../../../test/programs.js";
import { rejection } from "../../../../test/pairs.js";
import { StreamContext } from "./stream-context.js";

test("IO-02 blocks nest, and their end restores the stream before, also after an exception", async () => {
  const [outermost, outer, inner] = [memoryStream(), memoryStream(), memoryStream()];
  const context = new StreamContext(outermost);
  await context.withDefault(outer, async () => {
    assert.equal(await context.withDefault(inner, () => context.getDefault()), inner);
    assert.equal(context.getDefault(), outer);
    const failure = new Error("no");
    const failing = context.withDefault(inner, () => Promise.reject(failure));
    assert.equal(await rejection(failing), failure);
    const throwing = context.withDefault(inner, () => {
      throw failure;
    });
    assert.equal(await rejection(throwing), failure);
    assert.equal(context.getDefault(), outer);
  });
  assert.equal(context.getDefault(), outermost);
});

test("what a block starts keeps its stream, whatever is current where it is awaited", async () => {
  const [outer, inner] = [memoryStream(), memoryStream()];
  const context = new StreamContext(outer);
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const started = await context.withDefault(inner, () => [gate.then(() => context.getDefault())]);
  go();
  assert.deepEqual(await Promise.all(started), [inner]);
});

test("a new default of the process is seen by all without a stream of their own", async () => {
  const [first, second, own] = [memoryStream(), memoryStream(), memoryStream()];
  const context = new StreamContext(first);
  assert.equal(context.getDefault(), first);
  await context.withDefault(own, () => {
    context.setGlobalDefault(second);
    assert.equal(context.getDefault(), own);
    assert.equal(context.getGlobalDefault(), second);
  });
  assert.equal(context.getDefault(), second);
});

test("without any stream asking for one is an error", () => {
  const context = new StreamContext();
  assert.throws(() => context.getDefault(), { code: "invalid-state" });
  assert.throws(() => context.getGlobalDefault(), { code: "invalid-state" });
});

test("a worker starts with the console", async () => {
  await using asking = await program(`
    import { parentPort } from "node:worker_threads";
    import { IOStream } from "./platform/node/host.ts";
    parentPort.postMessage(IOStream.getDefault() === IOStream.getGlobalDefault());
  `);
  const context = new StreamContext(memoryStream());
  const answer = await context.withDefault(
    memoryStream(),
    () => new Promise((resolve, reject) => new Worker(asking.path).once("message", resolve).once("error", reject)),
  );
  assert.equal(answer, true);
});
