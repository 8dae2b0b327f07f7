/**
 * `npm test`: installs what is missing, builds, runs every suite and ends with one line of counts.
 * With arguments, for example `npm test -- packages/autogen-ts/src/run -t abort`, only Vitest runs and gets them.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build.mjs";
import { ensureInstalled } from "./install.mjs";
import { root, runNode } from "./paths.mjs";
import { add, closingLines, countsOf, missingComponents } from "./summary.mjs";

/**
 * Every suite gives its counts; what it prints goes to the terminal as it comes.
 *
 * @type {readonly { name: string, run: (notes: string) => Promise<import("./summary.mjs").Counts> }[]}
 */
const SUITES = [
  { name: "vitest", run: (notes) => vitest(notes, []) },
  { name: "conformance", run: () => conformance() },
];

/** Plays the recorded scenarios. Loaded here because it imports the library, which has just been built. */
async function conformance() {
  const { conformanceSuite } = await import("../conformance/suite.mjs");
  return await conformanceSuite((text) => void process.stdout.write(text));
}

async function vitest(notes, args) {
  const report = join(notes, "vitest.json");
  const { code } = await runNode(
    join(root, "node_modules", "vitest", "vitest.mjs"),
    ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...args],
    { show: true },
  );
  return countsOf(readReport(report), code);
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined; // Vitest ended before it could write one: its exit code tells
  }
}

/** @param {readonly string[]} args */
async function main(args) {
  const notes = mkdtempSync(join(tmpdir(), "autogen-test-"));
  const skipList = join(notes, "skipped.jsonl");
  process.env.AUTOGEN_TEST_SKIP_LIST = skipList;
  try {
    await ensureInstalled("all");
    await build();
    const counts = [];
    if (args.length > 0) counts.push(await vitest(notes, args));
    else for (const suite of SUITES) counts.push(await suite.run(notes));
    return conclude(add(counts), missingComponents(readText(skipList)));
  } catch (error) {
    process.stdout.write(`${error.message}\n`);
    return conclude({ passed: 0, failed: 1, skipped: 0 }, []);
  } finally {
    rmSync(notes, { recursive: true, force: true });
  }
}

/** Prints the end and gives the exit code. */
function conclude(counts, missing) {
  const required = process.env.AUTOGEN_TEST_REQUIRE === "all";
  // A test that forgot to fail by itself does not hide a missing component where all are required.
  const failed = required && counts.failed === 0 ? missing.length : counts.failed;
  process.stdout.write(`\n${closingLines({ ...counts, failed }, missing).join("\n")}\n`);
  return failed > 0 || counts.passed === 0 ? 1 : 0;
}

function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // nothing was skipped
  }
}

process.exitCode = await main(process.argv.slice(2));
