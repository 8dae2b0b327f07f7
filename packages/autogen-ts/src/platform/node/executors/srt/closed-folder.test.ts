import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, test } from "vitest";
import { closedFolderAbove } from "./closed-folder.js";

test("the folder in the way of others is found, however far above it is", async () => {
  const closed = await mkdtemp(join(tmpdir(), "autogen-closed-"));
  onTestFinished(() => rm(closed, { recursive: true }));
  await chmod(closed, 0o700);
  const folder = join(closed, "project", "node_modules");
  await mkdir(folder, { recursive: true, mode: 0o755 });

  assert.equal(await closedFolderAbove(folder), closed);

  await chmod(closed, 0o711);
  assert.equal(await closedFolderAbove(folder), null);
});
