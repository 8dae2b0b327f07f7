import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "vitest";
import { AbortRelay } from "./abort-relay.js";

const listeners = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;

test("many calls share one listener on a signal, and stop together", () => {
  const relay = new AbortRelay();
  const { signal, abort } = controller();
  const stopped: number[] = [];
  const releases = Array.from({ length: 20 }, (_, call) => relay.follow(signal, () => stopped.push(call)));
  assert.equal(listeners(signal), 1);
  releases[3]?.();
  abort();
  assert.equal(stopped.length, 19);
  relay.follow(signal, () => stopped.push(99));
  assert.equal(stopped.at(-1), 99);
});

test("a signal that is not followed any more is let go of when the next one is", () => {
  const relay = new AbortRelay();
  const first = controller();
  const second = controller();
  relay.follow(first.signal, () => assert.fail("it was released"))();
  const release = relay.follow(second.signal, () => undefined);
  assert.deepEqual([listeners(first.signal), listeners(second.signal)], [0, 1]);
  relay.follow(first.signal, () => undefined);
  release();
  assert.deepEqual([listeners(first.signal), listeners(second.signal)], [1, 0]);
  first.abort();
});

function controller(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const made = new AbortController();
  return { signal: made.signal, abort: () => made.abort() };
}
