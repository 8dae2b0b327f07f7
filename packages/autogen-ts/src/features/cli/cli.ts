#!/usr/bin/env node
/** `npx autogen-ts`: the command of the package. */
import process from "node:process";
import { runProgram } from "../../index.js";
import { writerOf } from "./output.js";
import { runCommandLine } from "./run-command-line.js";

await runProgram(async (signal) => {
  process.exitCode = await runCommandLine(process.argv.slice(2), {
    out: writerOf(process.stdout, process.env),
    errors: writerOf(process.stderr, process.env),
    signal,
  });
});
