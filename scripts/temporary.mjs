/** Folders of files for the tests of scripts. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/**
 * Writes files to a fresh folder that goes away with the test.
 *
 * @param {Readonly<Record<string, string>>} files text by path
 * @returns {string} the folder
 */
export function tree(files) {
  const folder = mkdtempSync(join(tmpdir(), "autogen-scripts-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  write(folder, files);
  return folder;
}

/**
 * @param {string} folder
 * @param {Readonly<Record<string, string>>} files
 */
export function write(folder, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
