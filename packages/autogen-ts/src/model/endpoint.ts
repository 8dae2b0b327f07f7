/** Addresses of endpoints. */

export const OPENAI_ENDPOINT = "https://api.openai.com/v1";

/** Origin and path, without credentials, query and trailing slash; what is no URL is cut at its first `?` or `@`. */
export function publicEndpoint(url: string): string {
  const parsed = parse(url);
  if (parsed === null) return url.replace(/^.*@/su, "").replace(/[?#].*$/su, "");
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`.replace(/\/+$/u, "");
}

/** Whether the address is this machine, a private network or a name without a domain. */
export function isPrivateEndpoint(url: string): boolean {
  const name = parse(url)?.hostname.toLowerCase();
  if (name === undefined) return false;
  if (name.startsWith("[")) return /^\[(?:::1?\]|f[cd]|fe[89ab]|::ffff:(?:7f|a[0-9a-f]{2}:|c0a8:))/u.test(name);
  if (/^\d+(?:\.\d+){3}$/u.test(name)) return isPrivateAddress(name.split(".").map(Number));
  return !name.includes(".") || /\.(?:localhost|local|internal|lan|home\.arpa)$/u.test(name);
}

function isPrivateAddress([a = 0, b = 0]: readonly number[]): boolean {
  if (a === 172) return b >= 16 && b <= 31;
  if (a === 100) return b >= 64 && b <= 127;
  return a === 0 || a === 10 || a === 127 || (a === 192 && b === 168) || (a === 169 && b === 254);
}

/** Whether this is OpenAI's own service, which cannot be used without a key. */
export function isOpenAI(url: string): boolean {
  const name = parse(url)?.hostname ?? "";
  return name === "openai.com" || name.endsWith(".openai.com");
}

function parse(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}
