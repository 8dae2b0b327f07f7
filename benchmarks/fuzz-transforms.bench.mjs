/**
 * Not a measurement but a long test: 100,000 random histories through every transform of the built package, none of which
 * may separate a call from its answer, drop the system message or leave nothing. `FUZZ_SEED` and `FUZZ_HISTORIES` choose
 * others; a failure names its seed and path: `FUZZ_SEED=… FUZZ_PATH=… npm run bench -- fuzz-transforms` plays just that one.
 */
import { createRun } from "autogen-ts";
import * as library from "autogen-ts/transforms";
import { testCode } from "./test-code.mjs";

// Transforms need no more of a host; code and consoles are not in play.
const host = /** @type {any} */ ({ now: () => 0, random: () => 0.5, sleep: () => Promise.resolve() });

export async function run() {
  const { FUZZ_SEED: seed = "20260102", FUZZ_HISTORIES: histories = "100000", FUZZ_PATH: path } = process.env;
  const { fuzzTransforms } = await testCode("transforms/fuzz");
  const before = process.cpuUsage();
  const options = { seed: Number(seed), histories: Number(histories), ...(path ? { path } : {}) };
  const tally = await fuzzTransforms(library, { run: createRun({ host }) }, options);
  const { user, system } = process.cpuUsage(before);
  return [
    { label: "seed", value: Number(seed), unit: "" },
    ...[...tally].flatMap(([title, { tried, shorter }]) => [
      { label: title, value: tried, unit: "histories without a fault" },
      { label: `${title}: made shorter`, value: shorter, unit: "" },
    ]),
    { label: "CPU", value: (user + system) / 1e6, unit: "s" },
  ];
}
