import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, test, vi } from "vitest";
import { HI, scene, thrownBy } from "../../../test/model-scene.js";
import { createRun } from "../../run/index.js";
import { host, registerPrices } from "./host.js";

const OFFLINE = fileURLToPath(new URL("fixtures/prices-offline.mjs", import.meta.url));

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "autogen-prices-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function pricesFile(text: string): Promise<string> {
  const path = join(folder, "prices.json");
  await writeFile(path, text);
  vi.stubEnv("AUTOGEN_PRICES", path);
  return path;
}

test("PRC-03 registered prices hold for all clients of the program until they are taken back", async () => {
  await scene({ x: ["a", "b", "c"] }, async ({ wrapper }) => {
    const [before, after] = [
      wrapper([{ model: "own-model" }]),
      (): ReturnType<typeof wrapper> => wrapper([{ model: "own-model" }]),
    ];
    const run = createRun({ host });
    assert.equal((await before.create({ messages: HI, run })).cost, null);
    registerPrices({ "own-model": [1, 2] });
    assert.equal((await before.create({ messages: HI, run })).cost, 0.02);
    registerPrices({ "own-model": null });
    assert.equal((await after().create({ messages: HI, run })).cost, null);
  });
});

test("PRC-03 AUTOGEN_PRICES names a JSON file with prices; registered ones win over it", async () => {
  await pricesFile('{\n // ours\n "own-model": [1, 2], "gpt-4": 3, }');
  try {
    assert.deepEqual(
      [host.listedPrice?.("own-model"), host.listedPrice?.("gpt-4"), host.listedPrice?.("toString")],
      [[1, 2], 3, undefined],
    );
    registerPrices({ "gpt-4": [0.5, 0.5] });
    assert.deepEqual(host.listedPrice?.("gpt-4"), [0.5, 0.5]);
  } finally {
    registerPrices({ "gpt-4": null });
  }
});

for (const [text, message] of [
  ["[1, 2]", /prices\.json \(named by the environment variable AUTOGEN_PRICES\) is no object/],
  ['{"m": [1]}', /has no price for `m`\. Write two numbers/],
  ['{"m": "1"}', /has no price for `m`/],
  ["{", /is not valid JSON: line 1, column 2/],
] as const) {
  test(`PRC-03 bad input: a file of prices with ${text} is refused before anything is paid`, async () => {
    await pricesFile(text);
    await scene({ x: ["a"] }, async ({ server, wrapper }) => {
      const error = await thrownBy(wrapper([{ model: "m" }]).create({ messages: HI, run: createRun({ host }) }));
      assert.equal(error.code, "invalid-config");
      assert.match(error.message, message);
      assert.equal(server.requests.length, 0);
    });
  });
}

test("PRC-03 bad input: a file of prices that is missing is named; once it is there it is read", async () => {
  vi.stubEnv("AUTOGEN_PRICES", join(folder, "none.json"));
  assert.throws(() => host.listedPrice?.("m"), { code: "invalid-config", message: /none\.json .* cannot be read \(ENOENT\)/ });
  await writeFile(join(folder, "none.json"), '{"m": 1}');
  assert.equal(host.listedPrice?.("m"), 1);
});

for (const price of [[1], "1", -1, undefined]) {
  test(`PRC-03 bad input: ${JSON.stringify(price)} is not registered as a price, nor what comes with it`, () => {
    assert.throws(() => registerPrices({ good: 1, bad: price } as never), { code: "invalid-config" });
    assert.equal(host.listedPrice?.("good"), undefined);
  });
}

test("PRC-05 prices and windows come without a request to anybody", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [OFFLINE]);
  assert.deepEqual(JSON.parse(stdout), [{ prompt: 0.002, completion: 0.008, cachedPrompt: 0.0005 }, 1_000_000]);
});
