/** Config lists out of an .env file. Chapter 22, section 6. The environment is only read. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { cwd, env } from "node:process";
import { parseEnv } from "node:util";
import { filterConfig, hideSecrets, type ConfigEntry, type ConfigFilter } from "../../../model/index.js";
import { AutogenError } from "../../../run/index.js";

/** How to reach a model: the variable with its key, and beside it addresses as they are or as names of variables. */
export interface ModelKeySource {
  /** @default "OPENAI_API_KEY" */
  readonly api_key_env_var?: string;
  readonly base_url?: string;
  readonly api_type?: string;
  readonly api_version?: string;
}

export interface ConfigListFromDotenvOptions {
  /** @default the nearest `.env` in the current folder and those above */
  readonly dotenvFilePath?: string | null;
  /** Model → variable with its key. `gpt-4` and `gpt-3.5-turbo` are added with `OPENAI_API_KEY`. */
  readonly modelApiKeyMap?: Readonly<Record<string, string | ModelKeySource>> | null;
  readonly filterDict?: ConfigFilter | null;
  /** Told about missing files and keys. @default nobody */
  readonly onWarning?: (text: string) => void;
}

/**
 * One entry for each model with a key, in the order of the map. Variables of the environment win over the file.
 *
 * @throws AutogenError `invalid-config` for keys of the map that are not understood, or a file that cannot be read
 */
export async function configListFromDotenv(options: ConfigListFromDotenvOptions = {}): Promise<ConfigEntry[]> {
  const { dotenvFilePath, modelApiKeyMap, filterDict, onWarning = () => undefined } = options;
  const variables = { ...(await readDotenv(dotenvFilePath ?? null, onWarning)), ...env };
  const sources = { ...modelApiKeyMap };
  for (const model of ["gpt-4", "gpt-3.5-turbo"]) sources[model] ??= "OPENAI_API_KEY";
  const list = Object.entries(sources).flatMap(([model, source]) => {
    const entry = entryFor(model, typeof source === "string" ? { api_key_env_var: source } : source, variables);
    if (entry === null) onWarning(`API key not found or empty for model ${model}. Please ensure path to .env file is correct.`);
    return entry === null ? [] : [entry];
  });
  const chosen = filterConfig(list, filterDict);
  if (chosen.length === 0) onWarning("No configurations loaded.");
  return chosen.map((entry) => hideSecrets(entry));
}

const SOURCE_KEYS = ["api_key_env_var", "base_url", "api_type", "api_version"] as const;

type Variables = Readonly<Record<string, string | undefined>>;

function entryFor(model: string, source: ModelKeySource, variables: Variables): ConfigEntry | null {
  if (typeof source !== "object" || source === null) {
    throw new AutogenError(
      "invalid-config",
      `The key of model \`${model}\` is neither the name of a variable nor an object. Write \`"${model}": "OPENAI_API_KEY"\`.`,
    );
  }
  const unknown = Object.keys(source).filter((key) => !SOURCE_KEYS.some((known) => known === key));
  if (unknown.length > 0) {
    const allowed = SOURCE_KEYS.map((key) => `\`${key}\``).join(", ");
    throw new AutogenError(
      "invalid-config",
      `Model \`${model}\` has options that are not known: ${unknown.join(", ")}. Use ${allowed}.`,
    );
  }
  const { api_key_env_var: name = "OPENAI_API_KEY", ...rest } = source;
  const key = variables[name]?.trim();
  if (key === undefined || key === "") return null;
  const given = Object.entries(rest).map(([option, value]): [string, string] => [option, variables[value] ?? value]);
  return { api_key: key, ...Object.fromEntries(given), model };
}

async function readDotenv(path: string | null, warn: (text: string) => void): Promise<Variables> {
  const found = path === null ? nearestDotenv() : resolve(path);
  if (found === null || !existsSync(found)) {
    warn(
      path === null
        ? "No .env file found. Loading configurations from environment variables."
        : `The specified .env file ${path} does not exist.`,
    );
    return {};
  }
  try {
    return parseEnv(await readFile(found, "utf8"));
  } catch (error) {
    throw new AutogenError(
      "invalid-config",
      `The file ${found} cannot be read. Check that it is a file and that you may read it.`,
      { cause: error },
    );
  }
}

function nearestDotenv(): string | null {
  for (let folder = cwd(); ; folder = dirname(folder)) {
    const path = join(folder, ".env");
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) return null;
  }
}
