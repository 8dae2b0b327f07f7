/** Loading the `openai` package and making its client for an entry. */
import type { ClientOptions, OpenAI } from "openai";
import { AutogenError } from "../run/index.js";
import { azureTokenProvider } from "./azure-token.js";
import { isAzure } from "./azure.js";
import type { ConfigEntry, ModelHost } from "./client.js";
import { resolveKey } from "./entry-endpoint.js";
import { AnswerFailure, maskSecrets } from "./errors.js";
import { azureOptions, openaiOptions } from "./openai-options.js";
import { secretsOf } from "./secrets.js";
import { leaveLongWaits, waitLimitMs } from "./waiting.js";

/**
 * What the client wants of its surroundings: variables, a way to send requests, a timer for answers that stall, Azure's
 * credential, the user's prices, a tokenizer, a clock.
 */
export type OpenAIClientHost = Pick<
  ModelHost,
  "environment" | "timer" | "fetch" | "azureTokenProvider" | "listedPrice" | "tokenizer"
> &
  Partial<Pick<ModelHost, "now">>;

/** The package; its error classes tell failures apart. */
export type OpenAIPackage = typeof import("openai");

export interface LoadedSdk {
  readonly sdk: OpenAI;
  readonly classes: OpenAIPackage;
}

/**
 * @param onToken told each token of Azure's directory before it is sent
 * @throws AnswerFailure of kind `auth` when there is no key, which lets the next entry try
 * @throws AutogenError `invalid-config` for options that the package refuses
 */
export async function loadSdk(
  entry: ConfigEntry,
  host: OpenAIClientHost,
  onToken: (token: string) => void = () => undefined,
): Promise<LoadedSdk> {
  const environment = host.environment?.bind(host);
  checkNamedKey(entry, environment);
  // Prices that cannot be read are better known before the first request than after it is paid for.
  host.listedPrice?.(entry.model ?? "");
  const classes = await import("openai");
  const sending = sendingBy(entry, host);
  try {
    const sdk = isAzure(entry)
      ? new classes.AzureOpenAI({
          ...sending,
          ...azureOptions(entry, told(await azureTokenProvider(entry, host), onToken), environment),
        })
      : new classes.OpenAI({ ...sending, ...openaiOptions(entry, environment) });
    if (waitLimitMs(entry["max_rate_limit_wait"]) > 0) leaveLongWaits(sdk, () => host.now?.() ?? null);
    return { sdk, classes };
  } catch (error) {
    if (!(error instanceof classes.OpenAIError)) throw error;
    if (/credential/iu.test(error.message))
      throw missingKey(isAzure(entry) ? "AZURE_OPENAI_API_KEY" : "OPENAI_API_KEY", "has no `api_key`");
    // The error itself would show what is masked here.
    throw new AutogenError("invalid-config", maskSecrets(error.message, secretsOf(entry, environment)));
  }
}

/** Options for the user's `fetch` are not for another one. */
function sendingBy({ fetch, fetch_options: options }: ConfigEntry, host: OpenAIClientHost): Pick<ClientOptions, "fetch"> {
  if (host.fetch === undefined || isGiven(fetch) || isGiven(options)) return {};
  return { fetch: host.fetch };
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

type TokenProvider = () => Promise<string>;

function told(provider: TokenProvider | undefined, onToken: (token: string) => void): TokenProvider | undefined {
  if (provider === undefined) return undefined;
  return async () => {
    const token = await askForToken(provider);
    onToken(token);
    return token;
  };
}

/** The package would make an error of its own of it, which nobody could tell from a mistake in a program. */
async function askForToken(provider: TokenProvider): Promise<string> {
  try {
    const token: unknown = await provider();
    if (typeof token === "string" && token !== "") return token;
    throw new TypeError("`azure_ad_token_provider` gave something that is no text");
  } catch (cause) {
    throw new AnswerFailure({
      kind: "auth",
      reason: `got no token: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    });
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
