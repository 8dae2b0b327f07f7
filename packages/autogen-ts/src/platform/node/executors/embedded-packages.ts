/** Finds the optional packages of the embedded sandbox where the user's project, or this package, can see them. */
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { AutogenError } from "../../../run/index.js";
import { findProgram } from "./find-program.js";

/** Where packages are looked for: the user's project, then this package. */
const defaultPlaces = (): readonly string[] => [join(process.cwd(), "package.json"), import.meta.url];

/** @throws AutogenError `missing-package` */
export async function findDeno(places: readonly string[] = defaultPlaces()): Promise<string> {
  const packaged = resolveFirst("deno/package.json", places);
  const binary = packaged === undefined ? undefined : binaryOf(packaged);
  const found = binary ?? (await findProgram("deno", process.env["PATH"]));
  if (found === undefined) throw missing("deno");
  return found;
}

/** The folder of Pyodide with a separator at its end. @throws AutogenError `missing-package` */
export function findPyodide(places: readonly string[] = defaultPlaces()): string {
  const packaged = resolveFirst("pyodide/package.json", places) ?? resolveFirst("pyodide", places);
  if (packaged === undefined) throw missing("pyodide");
  return dirname(packaged) + sep;
}

/** As a module loader wants it. */
export const folderUrl = (folder: string): string => pathToFileURL(folder).href;

function resolveFirst(request: string, places: readonly string[]): string | undefined {
  for (const from of places) {
    const found = resolveQuietly(request, from);
    if (found !== undefined) return found;
  }
  return undefined;
}

function resolveQuietly(request: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(request);
  } catch {
    return undefined; // not visible from there
  }
}

/** deno's npm package holds the program in a package per platform. */
function binaryOf(packaged: string): string | undefined {
  const name = `@deno/${process.platform}-${process.arch}${process.platform === "linux" ? "-glibc" : ""}`;
  const manifest = resolveQuietly(`${name}/package.json`, packaged);
  return manifest === undefined ? undefined : join(dirname(manifest), process.platform === "win32" ? "deno.exe" : "deno");
}

function missing(name: string): AutogenError {
  return new AutogenError(
    "missing-package",
    `The embedded sandbox needs the npm package \`${name}\`, which was not found. Install it in your project: \`npm install deno pyodide\`.`,
    { details: { packages: ["deno", "pyodide"], missing: name } },
  );
}
