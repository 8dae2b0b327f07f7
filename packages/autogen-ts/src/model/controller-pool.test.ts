import assert from "node:assert/strict";
import { test } from "vitest";
import { ControllerPool } from "./controller-pool.js";

test("a controller serves a few requests that follow one another, never two at once, and none after an abort", () => {
  const pool = new ControllerPool();
  const one = pool.take();
  const other = pool.take();
  assert.notEqual(one.controller, other.controller);
  pool.giveBack(one);
  assert.equal(pool.take(), one);
  one.controller.abort();
  pool.giveBack(one);
  assert.notEqual(pool.take(), one);
  const made = new Set<AbortController>();
  for (let request = 0; request < 20; request += 1) {
    const lease = pool.take();
    made.add(lease.controller);
    pool.giveBack(lease);
  }
  assert.equal(made.size, 3);
});
