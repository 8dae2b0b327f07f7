/** Names of the reference and names of the library. */

/** `max_turns` becomes `maxTurns`. @param {string} name */
export const camelCase = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());

/**
 * The same object with its own keys in camelCase; keys are left out when `skip` has them.
 *
 * @param {Readonly<Record<string, any>>} object
 * @param {readonly string[]} [skip]
 * @returns {Record<string, any>}
 */
export function camelKeys(object, skip = []) {
  const kept = Object.entries(object).filter(([key]) => !skip.includes(key));
  return Object.fromEntries(kept.map(([key, value]) => [camelCase(key), value]));
}

/**
 * The keys of `object` that are there and named in `names`.
 *
 * @param {Readonly<Record<string, any>>} object
 * @param {readonly string[]} names
 * @returns {Record<string, any>}
 */
export function pick(object, names) {
  return Object.fromEntries(names.filter((name) => name in object).map((name) => [name, object[name]]));
}
