/**
 * `npm run examples [-- NAME …]`: runs the programs of `examples/` as a newcomer would, without a model: each brings a
 * recorded run. They work in a folder of their own; an exit code other than 0 is a failure.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build.mjs";
import { ensureInstalled } from "./install.mjs";
import { root, run } from "./paths.mjs";

const FOLDER = join(root, "examples");

/** Nothing of the caller's may lead to a real model. */
function environment() {
  const { OAI_CONFIG_LIST: _list, OPENAI_API_KEY: _key, ...env } = process.env;
  return env;
}

/** @param {readonly string[]} names */
async function main(names) {
  await ensureInstalled("all");
  await build({ declarations: false });
  const all = readdirSync(FOLDER).filter((name) => existsSync(join(FOLDER, name, "main.js")));
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new Error(`There is no example \`${unknown}\`, only ${all.join(", ")}.`);
  let failed = 0;
  for (const name of names.length > 0 ? names : all) {
    const cwd = mkdtempSync(join(tmpdir(), "autogen-example-"));
    const { code, output } = await run(process.execPath, [join(FOLDER, name, "main.js")], { cwd, env: environment() });
    rmSync(cwd, { recursive: true, force: true });
    process.stdout.write(code === 0 ? `ok     ${name}\n` : `FAILED ${name} (exit code ${code})\n${output}\n`);
    if (code !== 0) failed += 1;
  }
  return failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stdout.write(`${error.message}\n`);
  process.exitCode = 1;
}
