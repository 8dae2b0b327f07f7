/** Choosing entries of a config list. Chapter 22, section 7. */
import type { ConfigEntry } from "../client.js";
import { hideSecrets } from "./redact.js";

/** Field → accepted values; one value stands for a list of one. Null among them accepts entries without the field. */
export type ConfigFilter = Readonly<Record<string, unknown>>;

/**
 * The entries that match all fields of the filter or, with `exclude`, none of them; in order, as shallow copies
 * that are shown without their keys.
 * A field that is a list matches when it has an accepted value in it.
 */
export function filterConfig(
  configList: readonly ConfigEntry[],
  filter: ConfigFilter | null | undefined,
  { exclude = false }: { readonly exclude?: boolean } = {},
): ConfigEntry[] {
  const conditions = Object.entries(filter ?? {}).map(([field, accepted]) => [field, acceptedValues(accepted)] as const);
  return configList
    .filter((entry) => conditions.every(([field, accepted]) => matches(entry[field], accepted) !== exclude))
    .map((entry) => hideSecrets({ ...entry }));
}

function matches(value: unknown, accepted: ReadonlySet<unknown>): boolean {
  if (value === undefined || value === null) return accepted.has(null);
  return Array.isArray(value) ? value.some((item) => accepted.has(item)) : accepted.has(value);
}

function acceptedValues(accepted: unknown): ReadonlySet<unknown> {
  if (accepted instanceof Set) return accepted;
  return new Set<unknown>(Array.isArray(accepted) ? accepted : [accepted]);
}
