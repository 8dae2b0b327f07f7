/** Loading the `openai` package and making its client for an entry. */
import type { OpenAI } from "openai";
import { AutogenError } from "../run/index.js";
import { azureTokenProvider } from "./azure-token.js";
import { isAzure } from "./azure.js";
import type { ConfigEntry, ModelHost } from "./client.js";
import { AnswerFailure, maskSecrets } from "./errors.js";
import { azureOptions, openaiOptions, resolveKey, secretsOf } from "./openai-options.js";

/** What the client wants of its surroundings: variables, a timer for answers that stall, Azure's credential. */
export type OpenAIClientHost = Pick<ModelHost, "environment" | "timer" | "azureTokenProvider">;

/** The package; its error classes tell failures apart. */
export type OpenAIPackage = typeof import("openai");

export interface LoadedSdk {
  readonly sdk: OpenAI;
  readonly classes: OpenAIPackage;
}

/**
 * @throws AnswerFailure of kind `auth` when there is no key, which lets the next entry try
 * @throws AutogenError `invalid-config` for options that the package refuses
 */
export async function loadSdk(entry: ConfigEntry, host: OpenAIClientHost): Promise<LoadedSdk> {
  const environment = host.environment?.bind(host);
  checkNamedKey(entry, environment);
  const classes = await import("openai");
  try {
    if (!isAzure(entry)) return { sdk: new classes.OpenAI(openaiOptions(entry, environment)), classes };
    const provider = await azureTokenProvider(entry, host);
    return { sdk: new classes.AzureOpenAI(azureOptions(entry, provider, environment)), classes };
  } catch (error) {
    if (!(error instanceof classes.OpenAIError)) throw error;
    if (/credential/iu.test(error.message))
      throw missingKey(isAzure(entry) ? "AZURE_OPENAI_API_KEY" : "OPENAI_API_KEY", "has no `api_key`");
    throw new AutogenError("invalid-config", maskSecrets(error.message, secretsOf(entry)), { cause: error });
  }
}

function checkNamedKey(entry: ConfigEntry, environment: ModelHost["environment"]): void {
  const key = entry.api_key;
  if (key?.startsWith("env:") === true && resolveKey(entry, environment) === undefined) {
    throw missingKey(key.slice("env:".length), `has the \`api_key\` \`${key}\`, and that environment variable is not set`);
  }
}

function missingKey(variable: string, what: string): AnswerFailure {
  return new AnswerFailure({ kind: "auth", reason: `${what}. Set it, or the environment variable ${variable}` });
}
