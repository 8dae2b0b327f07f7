/** References (`$ref`) inside of a JSON Schema. */
import type { JsonSchema } from "../run/index.js";

/** Where a reference points to, null when nowhere. `#` is the schema itself. */
export function referenced(root: JsonSchema, reference: string): unknown {
  if (reference === "#") return root;
  if (!reference.startsWith("#/")) return anchored(root, reference);
  let place: unknown = root;
  for (const step of reference.slice(2).split("/")) {
    const key = unescaped(step);
    if (typeof place !== "object" || place === null || !Object.hasOwn(place, key)) return null;
    place = (place as Readonly<Record<string, unknown>>)[key]; // Own, as just looked up.
  }
  return place;
}

/** The first reference that points nowhere. References to other documents do: nothing is fetched. */
export function danglingReference(root: JsonSchema): string | null {
  for (const part of partsOf(root)) {
    for (const key of ["$ref", "$dynamicRef"] as const) {
      const reference = part[key];
      if (typeof reference === "string" && referenced(root, reference) === null) return reference;
    }
  }
  return null;
}

/** Every object below `root`, itself included, without recursion: schemas of others may be nested deeply. */
function partsOf(root: JsonSchema): readonly JsonSchema[] {
  const seen = new Set<object>();
  const open: unknown[] = [root];
  const parts: JsonSchema[] = [];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    if (!Array.isArray(value)) parts.push(value as JsonSchema); // An object that is no list.
    open.push(...Object.entries(value).map(([key, inner]) => (DATA.has(key) ? null : (inner as unknown))));
  }
  return parts;
}

/** What stands under these is data: a `$ref` in it is none. */
const DATA: ReadonlySet<string> = new Set(["default", "const", "enum", "examples"]);

function anchored(root: JsonSchema, reference: string): unknown {
  const [document = "", anchor = ""] = reference.split("#", 2);
  const found = partsOf(root).find((part) =>
    document === "" ? part["$anchor"] === anchor || part["$dynamicAnchor"] === anchor : anchor === "" && part["$id"] === document,
  );
  return found ?? null;
}

function unescaped(step: string): string {
  try {
    return decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return step; // no percent code
  }
}
