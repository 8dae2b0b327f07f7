/** Config lists in a file or an environment variable. Chapter 22, section 5. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { env } from "node:process";
import {
  filterConfig,
  hideSecrets,
  parseConfigList,
  resolveEnvironmentKeys,
  type ConfigEntry,
  type ConfigFilter,
} from "../../../model/index.js";
import { AutogenError } from "../../../run/index.js";

export interface ConfigListFromJsonOptions {
  /** Folder of the file; null or `""` for the current one. */
  readonly fileLocation?: string | null;
  /** @see filterConfig */
  readonly filterDict?: ConfigFilter | null;
}

/**
 * The config list in the environment variable of this name (its value is JSON, or the path of a file), else in the
 * file of this name, with or without `.json`. Keys written as `env:NAME` are taken from the environment.
 *
 * @throws AutogenError `invalid-config` naming what was tried and where the mistake is, never showing content
 */
export async function configListFromJson(envOrFile: string, options: ConfigListFromJsonOptions = {}): Promise<ConfigEntry[]> {
  const place = locate(envOrFile, options);
  if (place.text !== undefined) return readList(place.text, place.source, options);
  const text = await readFile(place.path, "utf8").catch((error: unknown) => {
    throw unreadable(place.source, error);
  });
  return readList(text, place.source, options);
}

/** The same for the top level of modules without `await`. */
export function configListFromJsonSync(envOrFile: string, options: ConfigListFromJsonOptions = {}): ConfigEntry[] {
  const place = locate(envOrFile, options);
  if (place.text !== undefined) return readList(place.text, place.source, options);
  let text: string;
  try {
    text = readFileSync(place.path, "utf8");
  } catch (error) {
    throw unreadable(place.source, error);
  }
  return readList(text, place.source, options);
}

type Place =
  | { readonly text: string; readonly source: string }
  | { readonly text?: undefined; readonly path: string; readonly source: string };

function locate(envOrFile: string, { fileLocation }: ConfigListFromJsonOptions): Place {
  const value = env[envOrFile];
  if (value !== undefined && value !== "") {
    const path = resolve(value);
    if (isFile(path)) return { path, source: `The file ${path} (named by the environment variable ${envOrFile})` };
    return { text: value, source: `The environment variable ${envOrFile}` };
  }
  const path = resolve(fileLocation ?? "", envOrFile);
  const found = [path, `${path}.json`].find(isFile);
  if (found !== undefined) return { path: found, source: `The file ${found}` };
  const message = `No config list was found: the environment variable ${envOrFile} is not set, and there is no file ${path}. Set the variable or write the file.`;
  throw new AutogenError("invalid-config", message, { details: { variable: envOrFile, path } });
}

function readList(text: string, source: string, { filterDict }: ConfigListFromJsonOptions): ConfigEntry[] {
  const chosen = filterConfig(parseConfigList(text, source), filterDict);
  return resolveEnvironmentKeys(chosen, env, source).map((entry) => hideSecrets(entry));
}

/** A value that is JSON may be longer than a path can be. */
function isFile(path: string): boolean {
  try {
    return existsSync(path) && !statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function unreadable(source: string, error: unknown): AutogenError {
  const { code } = error as { readonly code?: unknown };
  const reason = typeof code === "string" ? ` (${code})` : "";
  return new AutogenError(
    "invalid-config",
    `${source} cannot be read${reason}. Check that it is a file and that you may read it.`,
    { cause: error },
  );
}
