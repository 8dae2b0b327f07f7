// @ts-check
// Two runs are written to files, looked at, and compared.
import { writeFile } from "node:fs/promises";
import { runProgram } from "autogen-ts";
import { diffRuns, readRunFile, recordRun, runPage, timelineText } from "autogen-ts/runs";
import { talk } from "./team.js";

await runProgram(async () => {
  await recordRun("first.jsonl", () => talk("Guten Tag"), { overwrite: true });
  await recordRun("second.jsonl", () => talk("Herzlich willkommen"), { overwrite: true });

  const [first, second] = [await readRunFile("first.jsonl"), await readRunFile("second.jsonl")];
  console.log(timelineText(first));
  await writeFile("first.html", runPage(first));
  console.log("The page is in first.html: open it in a browser.\n");

  const difference = diffRuns(first, second);
  console.log(`The runs part in ${difference?.path}, at event ${difference?.index}:`);
  for (const { field, a, b } of difference?.fields ?? []) console.log(`  ${field}: ${JSON.stringify(a)} / ${JSON.stringify(b)}`);
  console.log("\nThe same on the command line:");
  console.log("  npx autogen-ts runs show first.jsonl --html first.html");
  console.log("  npx autogen-ts runs diff first.jsonl second.jsonl");
});
