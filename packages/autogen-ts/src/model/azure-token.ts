/** Tokens of Azure's directory in place of keys. Chapter 20, section 3. */
import { AutogenError } from "../run/index.js";
import type { ConfigEntry, ModelHost } from "./client.js";

type TokenProvider = () => Promise<string>;

const DEFAULT_SCOPE = "https://cognitiveservices.azure.com/.default";

/**
 * What gives tokens for this entry: its own function, its fixed token, or for `"DEFAULT"` the credential of the
 * surroundings. Undefined when the entry uses a key.
 *
 * @throws AutogenError `missing-package` for `"DEFAULT"` where the platform has no credential
 */
export async function azureTokenProvider(
  entry: ConfigEntry,
  host: Pick<ModelHost, "azureTokenProvider">,
): Promise<TokenProvider | undefined> {
  const { azure_ad_token: token, azure_ad_token_provider: provider, azure_ad_token_provider_scope: scope } = entry;
  // The documented form of the option; what it gives is checked by the package.
  if (typeof provider === "function") return provider as TokenProvider;
  if (provider !== "DEFAULT") return typeof token === "string" ? () => Promise.resolve(token) : undefined;
  if (host.azureTokenProvider === undefined) throw missingCredential();
  return await host.azureTokenProvider(typeof scope === "string" ? scope : DEFAULT_SCOPE);
}

function missingCredential(): AutogenError {
  const message =
    '`azure_ad_token_provider: "DEFAULT"` is not available here. Install `@azure/identity` and pass ' +
    "`getBearerTokenProvider(new DefaultAzureCredential(), scope)` in its place.";
  return new AutogenError("missing-package", message);
}
