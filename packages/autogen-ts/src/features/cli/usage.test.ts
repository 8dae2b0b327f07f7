import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "vitest";
import { commandLine } from "../../../test/command-line.js";
import { inFolder } from "../../../test/logs.js";
import { runtimeLogging, usageReport } from "../logging/index.js";

/** Two sessions, on days that are told apart, with all kinds of prices. */
function writeLog(dbname: string): string[] {
  const [ada, bob] = [{ name: "ada" }, { name: "bob <b>" }];
  const say = (source: object | null, model: string, cost: number | null, startTime: string, isCached = false): void =>
    runtimeLogging.logChatCompletion({
      ...{ wrapper: {}, source: source as { name: string } | null, request: { model }, cost, isCached, startTime },
      response: { model, usage: { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 } },
    });
  const first = runtimeLogging.start({ config: { dbname } });
  say(ada, "gpt-4", 0.25, "2026-01-01 23:59:59.000000");
  say(bob, "gpt-4", 0.25, "2026-01-02 00:00:00.000000", true);
  say(bob, "own-model", null, "2026-01-02 00:00:01.000000");
  const second = runtimeLogging.start({ config: { dbname } });
  say(null, "own-model", null, "2026-01-03 00:00:00.000000");
  runtimeLogging.stop();
  return [first, second];
}

test("usage shows tokens and cost by agent; what has no known price is unknown, and never 0", async () => {
  await inFolder(async (folder) => {
    const file = join(folder, "logs.db");
    writeLog(file);
    const { code, out, errors } = await commandLine(["usage", file]);
    assert.deepEqual([code, errors], [0, ""]);
    assert.equal(
      out,
      `agent    calls  cached  prompt  completion  tokens  cost in US dollars
-------  -----  ------  ------  ----------  ------  ------------------
ada          1       0    1000         500    1500            0.250000
bob <b>      2       1    2000        1000    3000  0.250000 + unknown
(none)       1       0    1000         500    1500             unknown
-------  -----  ------  ------  ----------  ------  ------------------
total        4       1    4000        2000    6000  0.500000 + unknown
`,
    );
  });
});

for (const [by, names] of [
  ["model", ["gpt-4", "own-model"]],
  ["day", ["2026-01-01", "2026-01-02", "2026-01-03"]],
] as const) {
  test(`usage --by ${by} --json gives the groups for programs`, async () => {
    await inFolder(async (folder) => {
      const file = join(folder, "logs.db");
      writeLog(file);
      const { out } = await commandLine(["usage", file, "--by", by, "--json"]);
      const report = JSON.parse(out) as ReturnType<typeof usageReport>;
      assert.deepEqual(report, usageReport(file, { by }));
      assert.deepEqual(
        report.groups.map(({ name }) => name),
        names,
      );
      assert.equal(
        report.groups.reduce((sum, { totalTokens }) => sum + totalTokens, 0),
        report.total.totalTokens,
      );
    });
  });
}

test("usage --session counts one session; one that is not there is an error", async () => {
  await inFolder(async (folder) => {
    const file = join(folder, "logs.db");
    const [, second = ""] = writeLog(file);
    const { out } = await commandLine(["usage", file, "--session", second, "--json"]);
    const { session, total } = JSON.parse(out) as ReturnType<typeof usageReport>;
    assert.deepEqual([session, total.calls, total.cost], [second, 1, null]);
    const { code, errors } = await commandLine(["usage", file, "--session", "nobody"]);
    assert.equal(code, 1);
    assert.match(errors, /has nothing of the session `nobody`/u);
  });
});

test("usage of a log without calls is a total of nothing", async () => {
  await inFolder(async (folder) => {
    const file = join(folder, "logs.db");
    const session = runtimeLogging.start({ config: { dbname: file } });
    runtimeLogging.logNewWrapper({ wrapper: {} });
    runtimeLogging.stop();
    const { code, out } = await commandLine(["usage", file, "--session", session]);
    assert.deepEqual([code, out.split("\n")[2]], [0, "total      0       0       0           0       0            0.000000"]);
  });
});

test("usage --chart draws bars that hold no markup of the log", async () => {
  await inFolder(async (folder) => {
    const file = join(folder, "logs.db");
    writeLog(file);
    const { code, errors } = await commandLine(["usage", file, "--chart", join(folder, "bars.svg")]);
    assert.deepEqual([code, errors], [0, `Written: ${join(folder, "bars.svg")}\n`]);
    const svg = await readFile(join(folder, "bars.svg"), "utf8");
    assert.match(svg, /^<svg [^]*>bob &lt;b&gt;<[^]*3,000, 0\.250000 \+ unknown<[^]*<\/svg>\n$/u);
    assert.doesNotMatch(svg, /<b>|https?:\/\/(?!www\.w3\.org)/u);
    // Three groups with prompt and completion, and the background and the legend.
    assert.equal(svg.match(/<rect /gu)?.length, 3 * 2 + 3);
    await commandLine(["usage", file, "--chart", join(folder, "bars.png")]);
    const png = await readFile(join(folder, "bars.png"));
    assert.deepEqual([...png.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
    const other = await commandLine(["usage", file, "--chart", join(folder, "bars.gif")]);
    assert.deepEqual([other.code, other.errors.includes("`.svg` or `.png`")], [1, true]);
  });
});

for (const [words, code, pattern] of [
  [["usage"], 2, /FILE is missing/u],
  [["usage", "none.db"], 1, /^autogen-ts: There is no log `.*none\.db`\. Check the name\. \(invalid-option\)\n$/u],
  [["usage", "x", "--by", "hour"], 2, /`--by` cannot be `hour`/u],
] as const) {
  test(`bad input: autogen-ts ${words.join(" ")}`, async () => {
    const called = await commandLine(words);
    assert.equal(called.code, code);
    assert.match(called.errors, pattern);
  });
}
