import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, test, vi } from "vitest";
import { HI, scene, thrownBy } from "../../../test/model-scene.js";
import { OpenAIWrapper } from "../../model/index.js";
import { createRun } from "../../run/index.js";
import { host } from "./host.js";

afterEach(() => void vi.unstubAllEnvs());

/** The service that gives tokens to programs on Azure's machines, as they see it. */
async function identityService(work: (asked: readonly string[]) => Promise<void>): Promise<void> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    asked.push(`${String(request.headers["x-identity-header"])} ${String(url.searchParams.get("resource"))}`);
    response.setHeader("content-type", "application/json");
    const expires_on = String(Math.floor(Date.now() / 1000) + 3600);
    response.end(JSON.stringify({ access_token: "token-of-the-machine", expires_on, token_type: "Bearer", resource: "r" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential");
  vi.stubEnv("IDENTITY_ENDPOINT", `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/token`);
  vi.stubEnv("IDENTITY_HEADER", "secret-of-the-machine");
  try {
    await work(asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('INF-19 "DEFAULT" is the credential of the surroundings, for the scope of the entry', async () => {
  await scene({ az: ["hello", "again"] }, async ({ server }) => {
    await identityService(async (asked) => {
      const entry = { model: "d", api_type: "azure", api_version: "1", base_url: `${server.url}/az` };
      const list = [{ ...entry, azure_ad_token_provider: "DEFAULT", azureAdTokenProviderScope: "https://own.example/.default" }];
      const llm = new OpenAIWrapper({ config_list: list, cache_seed: null });
      for (let turn = 0; turn < 2; turn += 1) await llm.create({ messages: HI, run: createRun({ host }) });
      assert.deepEqual(
        server.requests.map(({ headers }) => headers["authorization"]),
        ["Bearer token-of-the-machine", "Bearer token-of-the-machine"],
      );
      assert.deepEqual(asked, ["secret-of-the-machine https://own.example"]);
    });
  });
});

test("INF-19 bad input: a function that gives no token is a failure that the next entry makes up for", async () => {
  await scene({ az: [], y: ["from y"] }, async ({ server, run }) => {
    const entry = { model: "d", api_type: "azure", api_version: "1", base_url: `${server.url}/az` };
    const broken = { ...entry, azure_ad_token_provider: () => Promise.reject(new Error("not logged in")) };
    const alone = new OpenAIWrapper({ config_list: [broken], cache_seed: null });
    const error = await thrownBy(alone.create({ messages: HI, run }));
    assert.match(error.message, /Entry 0 \(model `d`\) got no token: not logged in\. Check/);
    assert.equal(error.details?.["kind"], "auth");
    const list = [broken, { model: "m", base_url: server.base("y") }];
    assert.equal((await new OpenAIWrapper({ config_list: list, cache_seed: null }).create({ messages: HI, run })).config_id, 1);
  });
});
