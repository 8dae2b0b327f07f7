/** Config lists made of key files and environment variables. Chapter 22, sections 3 and 4. The environment is only read. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { env } from "node:process";
import { getConfigList, hideSecrets, withModels, type ConfigEntry } from "../../../model/index.js";
import { AutogenError, isAutogenError } from "../../../run/index.js";

/** Version of Azure's interface that entries get. */
const AZURE_API_VERSION = "2024-02-01";

export interface KeyFileOptions {
  /** Folder of the files; null reads none. @default "." */
  readonly keyFilePath?: string | null;
  /** One key a line; null reads none. @default "key_openai.txt" */
  readonly openaiApiKeyFile?: string | null;
  /** @default "key_aoai.txt" */
  readonly aoaiApiKeyFile?: string | null;
  /** One address a line, for the key on the same line. @default "base_openai.txt" */
  readonly openaiApiBaseFile?: string | null;
  /** @default "base_aoai.txt" */
  readonly aoaiApiBaseFile?: string | null;
  /** Leaves out one side. */
  readonly exclude?: "openai" | "aoai" | null;
}

/**
 * Entries for OpenAI, then entries for Azure. A file wins over the variable `OPENAI_API_KEY`, `OPENAI_API_BASE`,
 * `AZURE_OPENAI_API_KEY` or `AZURE_OPENAI_API_BASE` (also `AZURE_OPENAI_ENDPOINT`).
 *
 * @throws AutogenError `invalid-config` when there is not one address for each key
 */
export async function configListOpenaiAoai(options: KeyFileOptions = {}): Promise<ConfigEntry[]> {
  const { keyFilePath = ".", exclude } = options;
  const { openaiApiKeyFile = "key_openai.txt", aoaiApiKeyFile = "key_aoai.txt" } = options;
  const { openaiApiBaseFile = "base_openai.txt", aoaiApiBaseFile = "base_aoai.txt" } = options;
  const read = async (file: string | null, ...variables: readonly string[]): Promise<Source> =>
    await readSource(keyFilePath, file, variables);
  const list: ConfigEntry[] = [];
  if (exclude !== "openai") {
    const keys = await read(openaiApiKeyFile, "OPENAI_API_KEY");
    list.push(...entries(keys, await read(openaiApiBaseFile, "OPENAI_API_BASE"), {}));
  }
  if (exclude !== "aoai") {
    const keys = await read(aoaiApiKeyFile, "AZURE_OPENAI_API_KEY");
    const bases = await read(aoaiApiBaseFile, "AZURE_OPENAI_API_BASE", "AZURE_OPENAI_ENDPOINT");
    list.push(...entries(keys, bases, { apiType: "azure", apiVersion: AZURE_API_VERSION }));
  }
  return list.map((entry) => hideSecrets(entry));
}

export interface ConfigListFromModelsOptions extends KeyFileOptions {
  /** Empty or null: entries without a model. */
  readonly modelList?: readonly string[] | null;
}

/** The entries of `configListOpenaiAoai` for each model: all for the first, then all for the second. */
export async function configListFromModels({ modelList, ...options }: ConfigListFromModelsOptions = {}): Promise<ConfigEntry[]> {
  const list = await configListOpenaiAoai({ ...options, openaiApiBaseFile: null });
  return withModels(list, modelList).map((entry) => hideSecrets(entry));
}

/** `configListFromModels` for `gpt-4` and `gpt-3.5-turbo`. */
export async function configListGpt4Gpt35(options: KeyFileOptions = {}): Promise<ConfigEntry[]> {
  return await configListFromModels({ ...options, modelList: ["gpt-4", "gpt-3.5-turbo"] });
}

interface Source {
  readonly lines: readonly string[];
  /** Where the lines come from. */
  readonly name: string;
}

async function readSource(folder: string | null, file: string | null, variables: readonly string[]): Promise<Source> {
  const path = folder === null || file === null ? null : resolve(folder, file);
  const text = path === null ? null : await readIfThere(path);
  if (text !== null && path !== null) return { lines: split(text), name: path };
  const variable = variables.find((name) => env[name] !== undefined && env[name] !== "") ?? variables[0] ?? "";
  return { lines: split(env[variable] ?? ""), name: variable };
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw new AutogenError(
      "invalid-config",
      `The key file ${path} cannot be read (${String(code)}). Check that it is a file and that you may read it.`,
      { cause: error },
    );
  }
}

function split(text: string): readonly string[] {
  const trimmed = text.trim();
  return trimmed === "" ? [] : trimmed.split("\n").map((line) => line.trim());
}

function entries(keys: Source, bases: Source, more: { readonly apiType?: string; readonly apiVersion?: string }): ConfigEntry[] {
  try {
    return getConfigList(keys.lines, {
      ...more,
      ...(bases.lines.length === 0 || keys.lines.length === 0 ? {} : { baseUrls: bases.lines }),
    });
  } catch (error) {
    if (!isAutogenError(error, "invalid-config")) throw error;
    const counts = `${String(keys.lines.length)} from ${keys.name}, ${String(bases.lines.length)} from ${bases.name}`;
    throw new AutogenError("invalid-config", `${error.message}: ${counts}. Write one address a line for each key.`);
  }
}
