/**
 * Not a measurement but a long test: 100,000 random sequences of messages of every shape against the built package.
 * `FUZZ_SEED` and `FUZZ_SEQUENCES` choose others; a failure is reported with the smallest sequence that shows it, and
 * with a path: `FUZZ_SEED=… FUZZ_PATH=… npm run bench -- fuzz` plays just that one again.
 */
import * as library from "autogen-ts";
import { testCode } from "./test-code.mjs";

export async function run() {
  const { FUZZ_SEED: seed = "20260101", FUZZ_SEQUENCES: sequences = "100000", FUZZ_PATH: path } = process.env;
  const { fuzz } = await testCode("fuzz/fuzz");
  const before = process.cpuUsage();
  const tally = await fuzz(library, { seed: Number(seed), sequences: Number(sequences), ...(path ? { path } : {}) });
  const { user, system } = process.cpuUsage(before);
  return [
    { label: "seed", value: Number(seed), unit: "" },
    { label: "sequences without a fault", value: tally.sequences, unit: "" },
    { label: "steps", value: tally.steps, unit: "" },
    { label: "steps refused with a stable code", value: tally.refusals, unit: "" },
    { label: "messages delivered in chats", value: tally.messages, unit: "" },
    { label: "model requests, all calls answered", value: tally.requests, unit: "" },
    { label: "messages with calls in them", value: tally.calls, unit: "" },
    { label: "CPU", value: (user + system) / 1e6, unit: "s" },
  ];
}
