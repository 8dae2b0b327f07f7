/** Which options hold secrets, told by their names. Chapter 22, section 9. */

/** In small letters without `_` and `-`: `apiKey`, `api_key` and `API-Key` are one. */
const SECRETS: ReadonlySet<string> = new Set([
  "apikey",
  "xapikey",
  "azureadtoken",
  "azureadtokenprovider",
  "awsaccesskey",
  "awssecretkey",
  "awssessiontoken",
  "credentials",
  "googleapplicationcredentials",
  "token",
  "password",
  "organization",
  "authorization",
]);
/** Names of clients and gateways that nobody can list. Not all tokens are secrets: `eos_token` is none. */
const LIKE_A_SECRET =
  /(?:(?:api|secret|access|private|subscription|license)key|(?:access|auth|bearer|refresh|session|service|id)token|secret|password|passphrase)$/u;
/** Tables with names of the endpoint's own: any of their values may be a key. */
const TABLES: ReadonlySet<string> = new Set(["headers", "defaultheaders", "extraheaders", "defaultquery", "extraquery"]);
/** Addresses may hold a password or a key in the query. */
const ADDRESSES: ReadonlySet<string> = new Set(["baseurl", "apibase", "azureendpoint", "websocketbaseurl"]);

/**
 * What stands under this name: a secret, names and values of which any may be a secret, an address with perhaps a secret
 * in it, or null for everything else.
 */
export function secretKind(key: string): "secret" | "table" | "address" | null {
  const name = key.toLowerCase().replaceAll(/[_-]/gu, "");
  if (SECRETS.has(name) || LIKE_A_SECRET.test(name)) return "secret";
  if (TABLES.has(name)) return "table";
  return ADDRESSES.has(name) ? "address" : null;
}

/** The options without secrets and tables of such. */
export function withoutSecrets(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options).filter(([key]) => !isSecret(key)));
}

/** Whether the option is a secret, or a table of such. */
export function isSecret(key: string): boolean {
  const kind = secretKind(key);
  return kind === "secret" || kind === "table";
}
