/**
 * Takes secrets out of everything that is written: logs, traces, saved runs. Chapter 22, section 9; chapter 25, section 3.
 *
 * A secret is told by the name it stands under, by how it looks, or because it is known.
 */
import type { Json } from "../../message/index.js";
import { publicEndpoint } from "../endpoint.js";
import { secretKind } from "../secret-names.js";
import { secretsIn } from "../secrets.js";
import { jsonCopy } from "./json-copy.js";
import { KnownValues } from "./known-values.js";
import { HIDDEN, secretPatterns, withoutMatches, type SecretPattern } from "./secret-patterns.js";

/** What is a secret, beside what everybody knows to be one. */
export interface RedactorOptions {
  /** Names whose values are hidden: as written, whatever the case and without regard to `_` and `-`, or by pattern. */
  readonly keys?: readonly (string | RegExp)[];
  /** Whatever they match is hidden. Slow ones make everything slow that is logged. */
  readonly patterns?: readonly RegExp[];
  /** Values that are hidden wherever they stand; 8 characters or more. */
  readonly values?: readonly string[];
  /** Variables, such as `process.env`: values of those with the names of secrets are hidden. @default none */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** How values are copied that are no plain data. */
export interface RedactedCopyOptions {
  /** Names of entries that are left out, at every level. */
  readonly omit?: ReadonlySet<string>;
  /** Functions and objects that are no plain data. @returns what stands there; undefined for `<<non-serializable: TypeName>>` */
  readonly other?: (value: object) => Json | undefined;
}

/** Hides secrets. The same text gives the same result until something is learned. */
export interface Redactor {
  /** The text with `***` in place of secrets. In linear time. */
  text(text: string): string;
  /**
   * A copy as JSON, without secrets. What is no JSON becomes `<<non-serializable: TypeName>>`; objects with `toJSON` use
   * it. The value is not changed.
   */
  value(value: unknown, options?: RedactedCopyOptions): Json;
  /** Secrets of these settings (of an agent, an entry of a config list) are hidden wherever they stand from now on. */
  learn(settings: unknown): void;
}

/**
 * Hides what stands under the names of secrets (`api_key`, `authorization`, headers …), what looks like a key (`sk-…`, bearer
 * tokens, keys of AWS, passwords in addresses, assignments to names of secrets), and values that are known.
 */
export function createRedactor({ keys = [], patterns = [], values = [], environment = {} }: RedactorOptions = {}): Redactor {
  const known = new KnownValues();
  known.add(values);
  known.add(secretsOfEnvironment(environment));
  const { hint, patterns: built } = secretPatterns();
  const own = patterns.map((pattern): SecretPattern => ({ pattern: globally(pattern) }));
  const names = namesOf(keys);

  const text = (given: string): string => {
    const plain = own.reduce(withoutMatches, known.hide(given));
    return plain.length >= SHORTEST_TEXT && hint.test(plain) ? built.reduce(withoutMatches, plain) : plain;
  };
  const entry = (key: string, value: unknown, holder: object): Json | undefined =>
    names(key) ? hidden(value) : redactedEntry(key, value, holder, text);
  return {
    text,
    value: (value, { omit, other } = {}) =>
      jsonCopy(value, {
        text,
        ...{ entry, other },
        skip: omit === undefined ? () => false : (key) => omit.has(key),
      }),
    learn: (settings) => known.add(secretsIn(settings)),
  };
}

/** Shorter ones hold no secret that could be told by its looks. */
const SHORTEST_TEXT = 8;

const globally = ({ source, flags }: RegExp): RegExp =>
  new RegExp(source, flags.includes("g") ? flags.replace("y", "") : `${flags.replace("y", "")}g`);

function redactedEntry(key: string, value: unknown, holder: object, text: (text: string) => string): Json | undefined {
  switch (secretKind(key)) {
    case "secret":
      return isNoSecret(key, value, holder) ? undefined : hidden(value);
    case "table":
      // Any header may hold a key. Something else of that name is copied as usual.
      if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
      return Object.fromEntries([...tableOf(value)].map(([name, item]) => [name, hidden(item)]));
    case "address":
      return typeof value === "string" && /[@?]/u.test(value) ? text(publicEndpoint(value)) : undefined;
    default:
      return undefined;
  }
}

/** Endpoints call a piece of text a token, and name the organisation in ordinary answers. */
function isNoSecret(key: string, value: unknown, holder: object): boolean {
  if (typeof value === "boolean") return true;
  if (key === "organization") return typeof value !== "string" || !value.startsWith("org-");
  return key === "token" && "logprob" in holder;
}

const tableOf = (table: object): Iterable<readonly [string, unknown]> =>
  table instanceof Headers ? table.entries() : Object.entries(table);

const hidden = (value: unknown): Json => (value === undefined || value === null ? null : HIDDEN);

function namesOf(keys: readonly (string | RegExp)[]): (key: string) => boolean {
  const exact = new Set(keys.filter((key) => typeof key === "string").map(plainName));
  const patterns = keys.filter((key) => typeof key !== "string");
  if (exact.size === 0 && patterns.length === 0) return () => false;
  // `search` starts at the front, whatever the flags.
  return (key) => exact.has(plainName(key)) || patterns.some((pattern) => key.search(pattern) >= 0);
}

const plainName = (key: string): string => key.toLowerCase().replaceAll(/[_-]/gu, "");

/** Names of variables follow no rule but that. */
const VARIABLE = /(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|PAT|CREDENTIALS?)$/iu;

const secretsOfEnvironment = (environment: Readonly<Record<string, string | undefined>>): readonly string[] =>
  Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && (VARIABLE.test(name) || secretKind(name) === "secret") ? [value.trim()] : [],
  );
