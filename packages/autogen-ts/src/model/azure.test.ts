import assert from "node:assert/strict";
import { test } from "vitest";
import { HI, scene } from "../../test/model-scene.js";
import { InMemoryCache, OpenAIWrapper } from "./index.js";

test("INF-45 deployments of one model do not share cached answers; the same deployment does", async () => {
  await scene({ az: ["from one", "from two"] }, async ({ server, run }) => {
    const cache = new InMemoryCache("own");
    const base = { model: "gpt-4", api_type: "azure", api_version: "1", azure_endpoint: `${server.url}/az`, api_key: "k" };
    const ask = async (azure_deployment: string): Promise<unknown> => {
      const llm = new OpenAIWrapper({ config_list: [{ ...base, azure_deployment }] });
      return (await llm.create({ messages: HI, cache, run })).choices[0]?.message?.content;
    };
    assert.deepEqual([await ask("one"), await ask("two"), await ask("one")], ["from one", "from two", "from one"]);
    assert.deepEqual(
      server.requests.map(({ path }) => path),
      ["/openai/deployments/one/chat/completions", "/openai/deployments/two/chat/completions"],
    );
  });
});
