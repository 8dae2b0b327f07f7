/**
 * A chat that logs is killed 200 times (SIGKILL, at a random moment): whatever it had announced has to be in the log, and
 * the log has to be in order.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const KILLS = 200;
const SEED = 20_250_925;
const PROGRAM = fileURLToPath(new URL("../packages/autogen-ts/src/features/logging/fixtures/kill-chats.mjs", import.meta.url));
const execute = promisify(execFile);

export async function run() {
  const rows = [];
  for (const kind of ["sqlite", "file"]) {
    const folder = await mkdtemp(join(tmpdir(), "bench-kills-"));
    try {
      const { stdout } = await execute(process.execPath, [PROGRAM, kind, String(KILLS), String(SEED), folder]);
      const { announced, lost, damaged } = JSON.parse(stdout);
      rows.push(
        { label: `${kind}: messages announced by ${KILLS} killed chats`, value: announced, unit: "", atLeast: KILLS },
        { label: `${kind}: lost of them`, value: lost, unit: "", atMost: 0 },
        { label: `${kind}: damaged logs`, value: damaged, unit: "", atMost: 0 },
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return rows;
}
