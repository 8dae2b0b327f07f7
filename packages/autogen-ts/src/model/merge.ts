/**
 * From what the user wrote to one resolved entry per endpoint. Behaviour: specification chapter 20, section 2:
 * an entry wins over the client's own options, and both win over those of a call.
 */
import { checkEntry, entryProblem, type EntryPlace } from "./check-entry.js";
import type { ConfigEntry } from "./client.js";
import { isSecret } from "./secret-names.js";
import { normaliseKeys, optionsWhere, PACE_KEYS, splitOptions, type Options } from "./option-keys.js";

/** Settings of a wrapper: a config list, and options for all of its entries. */
export interface WrapperConfig {
  readonly config_list?: readonly ConfigEntry[] | null;
  readonly configList?: readonly ConfigEntry[] | null;
  readonly [option: string]: unknown;
}

/** One entry with everything that holds for it; nothing behind this asks where an option was written. */
export interface ResolvedEntry {
  readonly index: number;
  /** As the user wrote it, under the reference's names; what custom clients are made from. */
  readonly original: ConfigEntry;
  /** Options of the endpoint's client, `api_type` and `price` included, and secrets that go into requests, to mask them. */
  readonly client: ConfigEntry;
  /** Options of the wrapper for each request. */
  readonly extra: Options;
  /** Parameters that go into each request. */
  readonly request: Options;
  readonly limiter: unknown;
}

/**
 * Resolves the entries of a wrapper, in order. Without a list there is one entry, made of the options.
 * The config is only read.
 *
 * @throws AutogenError `invalid-config` when the list is not a list of objects, or an entry cannot work
 */
export function resolveEntries(config: WrapperConfig): readonly ResolvedEntry[] {
  const source = "The config";
  if (typeof config !== "object" || config === null || Array.isArray(config))
    throw entryProblem({ source }, "is no object", "Pass `{ config_list: [ … ] }`, or the options of one model");
  const { config_list: list, ...options } = normaliseKeys(config);
  const base = splitOptions(options);
  if (list === undefined || list === null) return [resolveEntry({}, base, { source })];
  const listSource = "`config_list`";
  if (!Array.isArray(list))
    throw entryProblem({ source: listSource }, "is no list", 'Pass a list of objects, such as `[ { model: "gpt-4o" } ]`');
  if (list.length === 0)
    throw entryProblem(
      { source: listSource },
      "has no entries",
      'Pass at least one object, such as `{ model: "gpt-4o" }`; a filter that no entry matches leaves none',
    );
  return list.map((entry: unknown, index) => {
    if (typeof entry !== "object" || entry === null || Array.isArray(entry))
      throw entryProblem(
        { source: listSource },
        `has something that is no object as entry ${String(index)}`,
        'Write each as `{ model: "…" }`',
      );
    return resolveEntry(normaliseKeys(entry as Options), base, { source: listSource, index });
  });
}

function resolveEntry(entry: Options, base: ReturnType<typeof splitOptions>, place: EntryPlace): ResolvedEntry {
  const own = splitOptions(entry);
  const client = given({ ...base.client, ...own.client });
  const extra = { ...(PACE_KEYS.some((key) => key in own.extra) ? without(base.extra, PACE_KEYS) : base.extra), ...own.extra };
  const request = { ...base.request, ...own.request };
  // Each is in one part only.
  checkEntry((key) => client[key] ?? extra[key] ?? request[key], place);
  return {
    index: place.index ?? 0,
    original: Object.keys(entry).length === 0 ? { ...base.client, ...base.extra, ...base.request } : { ...entry },
    client: {
      ...client,
      ...pick(extra, OF_CLIENT),
      ...optionsWhere(request, (key, value) => (key === "model" && (value ?? null) !== null) || isSecret(key)),
    },
    extra,
    request,
    limiter: own.limiter ?? base.limiter,
  };
}

/** Parameters and wrapper options of one call to one entry. */
export interface EffectiveOptions {
  readonly request: Options;
  readonly extra: Options;
}

/** Options of a call under those of the entry, under `overrides`; a parameter that is null there is not sent. */
export function mergeCall(
  entry: ResolvedEntry,
  call: EffectiveOptions,
  overrides: EffectiveOptions | undefined,
): EffectiveOptions {
  const request = { ...call.request, ...entry.request };
  return {
    request:
      overrides === undefined ? request : { ...without(request, Object.keys(overrides.request)), ...given(overrides.request) },
    extra: { ...call.extra, ...entry.extra, ...overrides?.extra },
  };
}

/** Null takes back what stands beside the list. */
const given = (options: Options): Options => optionsWhere(options, (_key, value) => value !== null);

const without = (options: Options, keys: readonly string[]): Options => optionsWhere(options, (key) => !keys.includes(key));

/** What a client has to know beside its own options. */
const OF_CLIENT: readonly string[] = ["api_type", "price", "prices", "cost_model", "max_rate_limit_wait"];

const pick = (options: Options, keys: readonly string[]): Options =>
  optionsWhere(options, (key, value) => keys.includes(key) && (value ?? null) !== null);
