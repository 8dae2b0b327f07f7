/** Measures memory in a fresh process, whose garbage can be collected on demand. */
import { execFile } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);

/**
 * Runs `measure` there. It is passed on as text, so it sees only what it is given: `heap()` in bytes after a collection,
 * the `library`, and `count`.
 */
export async function inOwnProcess(count, measure) {
  const program = `
    import * as library from "autogen-ts";
    const heap = () => { gc(); gc(); return process.memoryUsage().heapUsed; };
    const result = await (${measure.toString()})({ count: ${JSON.stringify(count)}, heap, library });
    process.stdout.write(JSON.stringify(result), () => process.exit(0));
  `;
  const { stdout } = await execute(process.execPath, ["--expose-gc", "--input-type=module", "-e", program], {
    cwd: dirname(fileURLToPath(import.meta.url)),
  });
  return JSON.parse(stdout);
}
