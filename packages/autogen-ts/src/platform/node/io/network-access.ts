/** Who may connect to a server of this library, by WebSocket or HTTP, decided before anything else is looked at (D15-4). */
import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";

/** What is known of a client that wants to connect. */
export interface ConnectionRequest {
  /** Path and query; the token is not part of it. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly remoteAddress: string;
}

export interface AccessRules {
  /** null: none is needed. */
  readonly token: string | null;
  /** Origins of pages that may connect; null: pages of this machine and of the server's own address. */
  readonly origins: readonly string[] | "any" | null;
  /** Names under which the server may be addressed, besides `localhost` and addresses in numbers. */
  readonly hosts: readonly string[];
}

/** An HTTP status, and why. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly reason: string;
}

const TOKEN_PARAMETER = "token";

/** Why this client may not connect; null when it may. */
export function refusalOf({ url, headers }: ConnectionRequest, rules: AccessRules): Refusal | null {
  const host = single(headers["host"]);
  // A page of another site can give its own name the address of this machine; the name gives it away (DNS rebinding).
  if (!isKnownHost(host, rules.hosts)) return { status: 403, reason: "The server is not known by this host name." };
  if (!isAllowedOrigin(single(headers["origin"]), host, rules.origins)) {
    return { status: 403, reason: "Pages of this origin may not connect." };
  }
  if (rules.token === null) return null;
  const given = tokenOf(url) ?? /^bearer (.+)$/iu.exec(single(headers["authorization"]) ?? "")?.[1];
  return given !== undefined && sameText(given, rules.token) ? null : { status: 401, reason: "The token is missing or wrong." };
}

/** The address as callbacks get it. */
export function withoutToken(url: string): string {
  const { pathname, searchParams } = parsed(url);
  searchParams.delete(TOKEN_PARAMETER);
  return searchParams.size === 0 ? pathname : `${pathname}?${searchParams.toString()}`;
}

export const withToken = (uri: string, token: string): string => `${uri}/?${TOKEN_PARAMETER}=${encodeURIComponent(token)}`;

const tokenOf = (url: string): string | undefined => parsed(url).searchParams.get(TOKEN_PARAMETER) ?? undefined;

/** Clients may send any text as their path. */
const parsed = (url: string): URL => (URL.canParse(url, "ws://any") ? new URL(url, "ws://any") : new URL("ws://any"));

function isKnownHost(host: string | undefined, known: readonly string[]): boolean {
  const name = hostName(`http://${host ?? ""}`);
  return name !== null && (isIP(name) !== 0 || name === "localhost" || known.some((one) => one.toLowerCase() === name));
}

function isAllowedOrigin(origin: string | undefined, host: string | undefined, allowed: AccessRules["origins"]): boolean {
  // Browsers always say where a page comes from; other programs do not.
  if (origin === undefined || allowed === "any") return true;
  if (allowed !== null) return allowed.includes(origin);
  const name = hostName(origin);
  if (name === null) return false;
  return isLoopback(name) || new URL(origin).host === host?.toLowerCase();
}

/** Without brackets and port; null when `url` is none, as the origin `null` of files. */
function hostName(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { hostname } = new URL(url);
  return hostname === "" ? null : hostname.replace(/^\[(.*)\]$/u, "$1");
}

/** Whether only programs of this machine can reach the address. */
const isLoopback = (name: string): boolean =>
  name === "localhost" || name === "::1" || (isIP(name) === 4 && name.startsWith("127."));

/** Takes as long for a wrong text as for a right one. */
const sameText = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

const single = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === "string" ? value : value?.[0];
