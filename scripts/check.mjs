/**
 * `npm run check`: everything that is not a test. `npm run check -- lint types` runs only those.
 * A check gives the problems it found, as text for people; no text means that all is well.
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { ensureInstalled } from "./install.mjs";
import { filesBelow, generated, root, runNode, tsc } from "./paths.mjs";

const tool = (...path) => join(root, "node_modules", ...path);

/** Loaded when they run: some need installed packages. */
const CHECKS = {
  types: async () => {
    const projects = filesBelow(root, { skip: (name) => generated.has(name) }).filter((path) =>
      /tsconfig(\.build)?\.json$/.test(path),
    );
    const results = await Promise.all(projects.map((project) => problemsOf(tsc, ["--noEmit", "-p", project])));
    return results.filter((text) => text !== "").join("\n");
  },
  lint: () => problemsOf(tool("oxlint", "bin", "oxlint"), []),
  format: async () => {
    const files = await problemsOf(tool("oxfmt", "bin", "oxfmt"), ["--list-different"]);
    return files === "" ? "" : `${files}\nRun \`npm run format\`.`;
  },
  imports: async () => (await import("./check-imports.mjs")).checkImports().join("\n"),
  unused: () => problemsOf(tool("knip", "bin", "knip.js"), ["--no-progress", "--no-config-hints"]),
  docs: async () => (await (await import("./check-docs.mjs")).checkDocs()).join("\n"),
  budget: async () => (await (await import("./check-budget.mjs")).checkBudget()).join("\n"),
  package: async () => (await (await import("./check-package.mjs")).checkPackage()).join("\n"),
};

async function problemsOf(program, args) {
  const { code, output } = await runNode(program, args);
  return code === 0 ? "" : output.trim() || `ended with ${code}`;
}

/** @param {readonly string[]} names */
async function main(names) {
  const unknown = names.find((name) => !(name in CHECKS));
  if (unknown !== undefined) throw new Error(`There is no check \`${unknown}\`, only ${Object.keys(CHECKS).join(", ")}.`);
  await ensureInstalled("all");
  await build(); // types of examples, the package and the code in documents are those of the built library

  const waiting = names.length > 0 ? [...names] : Object.keys(CHECKS);
  const bad = [];
  const worker = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const start = performance.now();
      const problems = await CHECKS[name]().catch((error) => error.stack);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      if (problems !== "") bad.push(name);
      process.stdout.write(`${problems === "" ? "ok    " : "FAILED"} ${name} (${seconds} s)\n${indented(problems)}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, worker));
  process.stdout.write(bad.length === 0 ? "All checks passed.\n" : `Failed: ${bad.join(", ")}\n`);
  return bad.length === 0 ? 0 : 1;
}

const indented = (text) => (text === "" ? "" : `${text.replaceAll(/^(?=.)/gm, "  ")}\n`);

try {
  process.exitCode = await main(parseArgs({ allowPositionals: true }).positionals);
} catch (error) {
  process.stdout.write(`${error.message}\n`);
  process.exitCode = 1;
}
