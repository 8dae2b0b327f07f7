/** Expectations of our own: an expected outcome with some of its parts replaced. */

/** In place of a value: the part is not there. */
export const REMOVED = "<removed>";

/**
 * A copy of `expected` with the parts at these JSON pointers replaced; `-` at the end of a pointer appends to a list.
 *
 * @param {any} expected
 * @param {Readonly<Record<string, any>>} parts
 */
export function patched(expected, parts) {
  const copy = structuredClone(expected);
  for (const [pointer, value] of Object.entries(parts)) replace(copy, pointer, value);
  return copy;
}

function replace(root, pointer, value) {
  const keys = pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = keys.pop();
  const target = keys.reduce((part, key) => {
    if (typeof part[key] !== "object") throw new Error(`The expected outcome has no ${pointer}.`);
    return part[key];
  }, root);
  if (value !== REMOVED) {
    if (last === "-") target.push(structuredClone(value));
    else target[last] = structuredClone(value);
  } else if (Array.isArray(target)) target.splice(Number(last), 1);
  else delete target[last];
}
