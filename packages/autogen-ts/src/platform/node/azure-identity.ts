/** Tokens of Azure's directory by the credential of the surroundings, through the optional package `@azure/identity`. */
import { AutogenError } from "../../run/index.js";

/**
 * What gives tokens for `scope`: of the environment's service principal, of a managed identity, of the Azure command line
 * and so on, in the order of `DefaultAzureCredential`.
 *
 * @throws AutogenError `missing-package`
 */
export async function azureTokenProvider(scope: string): Promise<() => Promise<string>> {
  const { DefaultAzureCredential, getBearerTokenProvider } = await load();
  return getBearerTokenProvider(new DefaultAzureCredential(), scope);
}

async function load(): Promise<typeof import("@azure/identity")> {
  try {
    return await import("@azure/identity");
  } catch (cause) {
    const message =
      '`azure_ad_token_provider: "DEFAULT"` needs the package `@azure/identity`, which is not installed. ' +
      "Install it: `npm install @azure/identity`; or pass a function that gives a token.";
    throw new AutogenError("missing-package", message, { cause });
  }
}
