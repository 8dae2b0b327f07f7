import assert from "node:assert/strict";
import { test } from "vitest";
import { fakeHost } from "../../test/fake-host.js";
import { HI, scene } from "../../test/model-scene.js";
import type { RunEvent } from "../run/index.js";
import { OpenAIWrapper } from "./index.js";

test("an option of the 0.1 series is sent, with a warning once", async () => {
  await scene({ x: ["a", "b"] }, async ({ run, events, wrapper }) => {
    const llm = wrapper([{ model: "gpt-4", request_timeout: 3 }]);
    await llm.create({ messages: HI, run });
    await llm.create({ messages: HI, run });
    assert.equal(events.filter((event) => event.type === "warning" && event.code === "old-option").length, 1);
  });
});

test("calls without a run warn once of the same thing", async () => {
  await scene({ x: ["a", "b"] }, async ({ server }) => {
    const events: RunEvent[] = [];
    const host = fakeHost({ subscriber: () => (event) => void events.push(event) });
    const entry = { model: "gpt-4", base_url: server.base("x"), api_key: "k", price: 0.1 };
    const llm = new OpenAIWrapper({ config_list: [entry], cache_seed: null }, { host });
    await llm.create({ messages: HI });
    await llm.create({ messages: HI });
    const warnings = events.flatMap((event) => (event.type === "warning" ? [event.code] : []));
    assert.deepEqual(warnings, ["single-price"]);
  });
});
