import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "vitest";
import { HI, scene, thrownBy } from "../../test/model-scene.js";
import type { ScriptedReply } from "../../test/model-server.js";
import { maskSecrets } from "./index.js";

const KEY = "sk-very-secret-key-1234567890";

const REPLIES: readonly (readonly [title: string, reply: ScriptedReply, kind: string, status: number | null])[] = [
  ["401", { status: 401, error: { code: "invalid_api_key", message: `Incorrect API key provided: ${KEY}` } }, "auth", 401],
  ["403", { status: 403 }, "auth", 403],
  ["404", { status: 404, error: { code: "model_not_found" } }, "not_found", 404],
  ["429", { status: 429 }, "rate_limit", 429],
  ["500", { status: 500 }, "server", 500],
  ["500 with a web page", { status: 500, raw: "<html>oops</html>", contentType: "text/html" }, "server", 500],
  ["too long a context", { status: 400, error: { code: "context_length_exceeded" } }, "context_length", 400],
  ["another 400", { status: 400, error: { param: "n" } }, "bad_request", 400],
  ["a web page", { raw: "<!DOCTYPE html><title>login</title>", contentType: "text/html" }, "server", 200],
  ["broken JSON", { raw: '{"choices": [' }, "server", 200],
  ["an empty body", { raw: "" }, "server", 200],
  ["no choices", { raw: '{"choices": []}' }, "server", 200],
  ["an error with status 200", { raw: `{"error": {"message": "no ${KEY}", "code": 429}}` }, "rate_limit", 429],
  ["a text for an error with status 200", { raw: '{"error": "model not loaded"}' }, "server", 200],
  ["a cut body", { raw: '{"choices": [', end: "cut" }, "connection", null],
];

for (const [title, reply, kind, status] of REPLIES) {
  test(`an answer that is ${title} is an error of kind ${kind} (INF-38: without the key)`, async () => {
    await scene({ x: [reply] }, async ({ run, events, wrapper }) => {
      const error = await thrownBy(wrapper([{ model: "gpt-4", api_key: KEY }]).create({ messages: HI, run }));
      assert.deepEqual(
        [error.code, error.details?.["kind"], error.details?.["status"]],
        ["model-failed", kind, status],
        error.message,
      );
      assert.match(error.message, /^Entry 0 \(model `gpt-4`\) /);
      for (const shown of [error.message, inspect(error, { depth: 9 }), JSON.stringify(events)])
        assert.ok(!shown.includes(KEY), shown);
    });
  });
}

test("an endpoint that is down is an error of kind connection", async () => {
  await scene({}, async ({ run, wrapper }) => {
    const error = await thrownBy(
      wrapper([{ model: "gpt-4", base_url: "http://127.0.0.1:9/v1", api_key: KEY }]).create({ messages: HI, run }),
    );
    assert.equal(error.details?.["kind"], "connection");
    assert.match(error.message, /ECONNREFUSED|bad port/);
  });
});

test("an answer with another content type is read all the same", async () => {
  const raw = JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", content: "ok" } }] });
  await scene({ x: [{ raw, contentType: "text/plain" }] }, async ({ run, wrapper }) => {
    const response = await wrapper([{ model: "gpt-4" }]).create({ messages: HI, run });
    assert.deepEqual([response.choices[0]?.message?.content, response.model], ["ok", "gpt-4"]);
  });
});

test("a body that stalls is a time-out", async () => {
  await scene({ x: [{ raw: '{"choices"', end: "stall" }] }, async ({ run, wrapper }) => {
    const error = await thrownBy(wrapper([{ model: "gpt-4", timeout: 0.05 }]).create({ messages: HI, run }));
    assert.equal(error.code, "model-timeout");
  });
});

test("a request that cannot be written as JSON is the program's mistake: no fallback", async () => {
  await scene({ y: ["never"] }, async ({ server, run, wrapper }) => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    const llm = wrapper([{ model: "gpt-4" }, { model: "gpt-4", at: "y" }]);
    assert.ok((await thrownBy(llm.create({ messages: HI, metadata: circle, run }))) instanceof TypeError);
    assert.equal(server.requests.length, 0);
  });
});

test("INF-38 keys are masked, short stand-ins are not", () => {
  assert.equal(maskSecrets("key my-own-key and sk-abcdefgh***wxyz, Bearer abc", ["my-own-key", "none"]), "key *** and ***, ***");
  assert.equal(maskSecrets("none of it", ["none"]), "none of it");
});
