import assert from "node:assert/strict";
import { test } from "vitest";
import * as core from "./core.js";
import * as all from "./index.js";

test("the entry for Node has everything that the core has, and it is the same", () => {
  const different = Object.entries(core).filter(([name, value]) => (all as Readonly<Record<string, unknown>>)[name] !== value);
  assert.deepEqual(different, []);
});
