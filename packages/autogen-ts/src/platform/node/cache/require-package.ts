/** Optional packages: asked for when they are needed, with a word on how to get them. */
import { createRequire } from "node:module";
import { AutogenError } from "../../../run/index.js";

/** Whether the package is there is known before the first use. @throws AutogenError `missing-package` */
export function requirePackage(name: string, purpose: string): void {
  try {
    createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    const message = `${purpose} needs the package \`${name}\`, which is not installed. Install it: \`npm install ${name}\`.`;
    throw new AutogenError("missing-package", message, { cause });
  }
}
