/** Keys that are kept in the environment: `"api_key": "env:NAME"`. Chapter 22, section 1. */
import { AutogenError } from "../../run/index.js";
import type { ConfigEntry } from "../client.js";

type Environment = Readonly<Record<string, string | undefined>>;

const FROM_ENVIRONMENT = ["api_key", "azure_ad_token", "aws_access_key", "aws_secret_key", "aws_session_token"] as const;

/** The entries with `env:NAME` replaced by the variable's value. @throws AutogenError `invalid-config` when it is not set */
export function resolveEnvironmentKeys(
  configList: readonly ConfigEntry[],
  environment: Environment,
  source: string,
): ConfigEntry[] {
  return configList.map((entry, index) => {
    const found = FROM_ENVIRONMENT.flatMap((key): [string, string][] => {
      const value = entry[key];
      if (typeof value !== "string" || !value.startsWith("env:")) return [];
      return [[key, lookUp(value.slice("env:".length), environment, `\`${key}\` of entry ${String(index)} in ${source}`)]];
    });
    return found.length === 0 ? entry : { ...entry, ...Object.fromEntries(found) };
  });
}

function lookUp(name: string, environment: Environment, place: string): string {
  const value = environment[name];
  if (value !== undefined && value !== "") return value;
  throw new AutogenError(
    "invalid-config",
    `The environment variable ${name}, named by ${place}, is not set. Set it, or write another one.`,
  );
}
