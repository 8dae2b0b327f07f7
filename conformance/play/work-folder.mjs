/** The working folder of one scenario: fresh, the current folder while it is played, gone afterwards. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** @param {any} scenario */
export function openWorkFolder({ files = {} }) {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "autogen-case-")));
  const before = process.cwd();
  const environment = { ...process.env };
  return {
    path,
    /** Writes the files and sets the variables of the scenario, whose placeholders are replaced. @param {any} concrete */
    enter({ files: texts = files, env = {} }) {
      for (const [name, text] of Object.entries(texts)) {
        mkdirSync(dirname(join(path, name)), { recursive: true });
        writeFileSync(join(path, name), text);
      }
      Object.assign(process.env, env);
      process.chdir(path);
    },
    leave() {
      process.chdir(before);
      for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
      Object.assign(process.env, environment);
      rmSync(path, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
