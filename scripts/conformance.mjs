/**
 * `npm run conformance`: plays recorded scenarios with the built library and compares. Options: docs/conformance.md.
 */
import { parseArgs } from "node:util";
import { findCases } from "../conformance/cases.mjs";
import { runConformance } from "../conformance/conformance.mjs";
import { report } from "../conformance/report.mjs";
import { build } from "./build.mjs";
import { ensureInstalled } from "./install.mjs";

const NO_CASES = "There are no cases. Pass `--cases DIR`, or set AUTOGEN_CONFORMANCE_CASES to a folder of cases.";

async function main() {
  const { values } = parseArgs({
    options: {
      cases: { type: "string" },
      area: { type: "string" },
      case: { type: "string" },
      out: { type: "string" },
      journal: { type: "boolean", default: false },
      verbose: { type: "boolean", default: false },
    },
  });
  await ensureInstalled("all");
  await build();
  const folder = findCases(values.cases);
  if (folder === null) throw new Error(NO_CASES);
  const verdicts = await runConformance(folder, { area: values.area, id: values.case, out: values.out, journal: values.journal });
  if (verdicts.length === 0) throw new Error(`No case in ${folder} has this area or id.`);
  process.stdout.write(report(verdicts, { verbose: values.verbose }));
  return verdicts.some(({ kind }) => kind === "failed") ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stdout.write(`${error.message}\n`);
  process.exitCode = 2;
}
