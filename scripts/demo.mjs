/** `npm run demo`: installs what is missing, builds what has changed, and becomes the example. Arguments go to the example. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "./build.mjs";
import { ensureInstalled } from "./install.mjs";
import { root } from "./paths.mjs";

const ENTRY = join(root, "examples", "two-agents", "main.js");

try {
  await ensureInstalled("demo");
  await build({ declarations: false });
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
if (!existsSync(ENTRY)) {
  process.stderr.write(`There is no example at ${ENTRY}.\n`);
  process.exit(1);
}

// The example runs in this very process: no second start of Node, and Ctrl-C, exit code and terminal are its own.
process.argv.splice(1, 1, ENTRY);
// When it does not answer Ctrl-C itself, the usual 130 — also on systems where signals do not end programs.
process.on("SIGINT", () => {
  if (process.listenerCount("SIGINT") === 1) process.exit(130);
});
await import(pathToFileURL(ENTRY).href);
