import assert from "node:assert/strict";
import { test } from "vitest";
import { z } from "zod";
import { HI, scene, thrownBy } from "../../test/model-scene.js";
import { InMemoryCache } from "./index.js";

const Person = z.object({ name: z.string(), age: z.number().int() });
const GOOD = '{"name":"Ada","age":36}';

test("INF-44 a schema as `response_format` is sent as JSON Schema, and a fitting answer is given back", async () => {
  await scene({ x: [GOOD] }, async ({ server, run, wrapper }) => {
    const response = await wrapper([{ model: "gpt-4" }], { response_format: Person }).create({ messages: HI, run });
    assert.deepEqual(Person.parse(JSON.parse(response.choices[0]?.message?.content ?? "")), { name: "Ada", age: 36 });
    const format = server.requests[0]?.body["response_format"] as {
      readonly type: string;
      readonly json_schema: { readonly name: string; readonly strict: boolean; readonly schema: Record<string, unknown> };
    };
    const { type, json_schema } = format;
    assert.deepEqual([type, json_schema.name, json_schema.strict], ["json_schema", "answer", true]);
    const { required, additionalProperties, $schema } = json_schema.schema;
    assert.deepEqual([required, additionalProperties, $schema], [["name", "age"], false, undefined]);
  });
});

for (const [title, schema, strict] of [
  ["with an optional property", z.object({ a: z.string().optional() }), false],
  ["with a nested optional property", z.object({ a: z.array(z.object({ b: z.string().optional() })) }), false],
  ["with free names", z.object({ a: z.record(z.string(), z.number()) }), false],
  ["with null in place of it", z.object({ a: z.union([z.string(), z.null()]) }), true],
] as const) {
  test(`INF-44 a schema ${title} is ${strict ? "" : "not "}strict`, async () => {
    await scene({ x: [{ status: 500 }] }, async ({ server, run, wrapper }) => {
      await thrownBy(wrapper([{ model: "gpt-4" }]).create({ messages: HI, response_format: schema, run }));
      const format = server.requests[0]?.body["response_format"] as { readonly json_schema: { readonly strict: boolean } };
      assert.equal(format.json_schema.strict, strict);
    });
  });
}

test("INF-44 a title names the schema", async () => {
  await scene({ x: [GOOD] }, async ({ server, run, wrapper }) => {
    const response_format = Person.meta({ title: "A person" });
    await wrapper([{ model: "gpt-4" }]).create({ messages: HI, response_format, run });
    const format = server.requests[0]?.body["response_format"] as { readonly json_schema: { readonly name: string } };
    assert.equal(format.json_schema.name, "A_person");
  });
});

test("INF-44 an answer that does not fit is paid for and sends the call to the next entry", async () => {
  await scene({ x: ['{"name":"Ada","age":"36"}'], y: [GOOD] }, async ({ run, events, wrapper }) => {
    const llm = wrapper([{ model: "gpt-4" }, { model: "gpt-4", at: "y" }]);
    const response = await llm.create({ messages: HI, response_format: Person, run });
    assert.equal(response.config_id, 1);
    assert.equal(llm.actualUsageSummary?.total_cost, 0.0012);
    const types = events.map(({ type }) => type);
    assert.deepEqual(types, ["llm.start", "llm.end", "llm.failed", "llm.start", "llm.end"]);
  });
});

for (const [answer, why] of [
  ["not JSON", /it is not JSON, or was cut off\./],
  [null, /it is empty\./],
  ['{"name":1,"age":2.5}', /`name`: .*, and 1 more\./],
] as const) {
  test(`INF-44 the answer ${String(answer)} of the last entry is a failure that says why`, async () => {
    await scene({ x: [{ content: answer }] }, async ({ run, wrapper }) => {
      const error = await thrownBy(wrapper([{ model: "gpt-4" }]).create({ messages: HI, response_format: Person, run }));
      assert.deepEqual([error.code, error.details?.["kind"]], ["model-failed", "invalid_answer"]);
      assert.match(error.message, why);
    });
  });
}

test("INF-44 calls of tools are no answers yet", async () => {
  await scene({ x: [{ tool_calls: [{ id: "1", name: "f", arguments: "{}" }] }] }, async ({ run, wrapper }) => {
    await wrapper([{ model: "gpt-4" }]).create({ messages: HI, response_format: Person, run });
  });
});

test("INF-44 answers that do not fit are not cached, and one that no longer fits is asked for again", async () => {
  const even = Person.refine(({ age }) => age % 2 === 0, "the age is odd");
  const odd = '{"name":"Ada","age":37}';
  await scene({ x: ["no", odd, GOOD] }, async ({ server, run, wrapper }) => {
    const cache = new InMemoryCache("own");
    const llm = wrapper([{ model: "gpt-4" }]);
    await thrownBy(llm.create({ messages: HI, response_format: Person, cache, run }));
    assert.equal((await llm.create({ messages: HI, response_format: Person, cache, run })).cached, false);
    assert.equal((await llm.create({ messages: HI, response_format: Person, cache, run })).cached, true);
    assert.equal((await llm.create({ messages: HI, response_format: even, cache, run })).cached, false);
    assert.equal(server.requests.length, 3);
  });
});

test("INF-44 a schema that cannot say what it is is an error before anything is sent; wire forms are passed on", async () => {
  await scene({ x: ["any"] }, async ({ server, run, wrapper }) => {
    const llm = wrapper([{ model: "gpt-4" }]);
    const old = { "~standard": { version: 1, vendor: "old", validate: () => ({}) } };
    assert.equal((await thrownBy(llm.create({ messages: HI, response_format: old, run }))).code, "invalid-option");
    assert.equal(server.requests.length, 0);
    await llm.create({ messages: HI, response_format: { type: "json_object" }, run });
    assert.deepEqual(server.requests[0]?.body["response_format"], { type: "json_object" });
  });
});
