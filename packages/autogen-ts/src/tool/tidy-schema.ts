/**
 * From the JSON Schema that a library writes to what models are told: the form that the reference makes of Python's
 * types. Specification chapter 11, section 3 (D11-1: nothing refers to elsewhere).
 */
import type { Json } from "../message/index.js";
import type { JsonSchema } from "../run/index.js";
import type { ParameterSchema } from "./parameter-schema.js";
import { referenced } from "./references.js";

/**
 * Parameters with nothing but `type`, `properties` and `required` at the top; each property has a description, at
 * least its name. References are replaced by what they point to; those of a type that holds itself stay, and `$defs` with them.
 */
export function tidyParameters(schema: JsonSchema): ParameterSchema {
  const resolver = new Resolver(schema);
  const { properties = {}, required } = schema;
  const named = Object.entries(properties as JsonSchema).map(([name, property]) => [
    name,
    described(name, resolver.resolved(property)),
  ]);
  const needed = Array.isArray(required) ? (required as readonly string[]) : [];
  const definitions = resolver.kept;
  return {
    type: "object",
    properties: Object.fromEntries(named) as Readonly<Record<string, Json>>,
    required: needed,
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions }),
  };
}

/** Rewrites a schema in which references may point to any place of `root`. */
class Resolver {
  readonly kept: Record<string, Json> = {};
  readonly #root: JsonSchema;
  #path: readonly string[] = [];

  constructor(root: JsonSchema) {
    this.#root = root;
  }

  resolved(value: unknown): Json {
    if (Array.isArray(value)) return value.map((item) => this.resolved(item));
    if (typeof value !== "object" || value === null) return value as Json; // A scalar of JSON Schema.
    const { $ref: reference, ...rest } = value as JsonSchema;
    if (typeof reference === "string") return this.#inlined(reference, rest);
    const entries = Object.entries(rest).map(([key, inner]) => [key, DATA.has(key) ? inner : this.resolved(inner)]);
    return simplified(Object.fromEntries(entries) as Readonly<Record<string, Json>>);
  }

  #inlined(reference: string, beside: JsonSchema): Json {
    const target = referenced(this.#root, reference);
    // A type that holds itself cannot be written out: it stays a reference to a definition.
    if (this.#path.includes(reference) || reference === "#") return this.#kept(reference, target, beside);
    const before = this.#path;
    this.#path = [...before, reference];
    const inlined = this.resolved(target);
    this.#path = before;
    const more = this.resolved(beside);
    return isRecord(inlined) && isRecord(more) ? { ...inlined, ...more } : inlined;
  }

  #kept(reference: string, target: unknown, beside: JsonSchema): Json {
    if (reference === "#") return { $ref: "#", ...(this.resolved(beside) as ParameterSchema) };
    const name = reference.split("/").at(-1) ?? "type";
    if (!(name in this.kept)) {
      this.kept[name] = null; // taken, before it is met again inside of itself
      const before = this.#path;
      this.#path = [reference];
      this.kept[name] = this.resolved(target);
      this.#path = before;
    }
    return { $ref: `#/$defs/${name}`, ...(this.resolved(beside) as ParameterSchema) };
  }
}

const DATA: ReadonlySet<string> = new Set(["default", "const", "enum", "examples", "required"]);

/** What libraries write and models have no use for, and what the reference writes and libraries leave out. */
function simplified(schema: ParameterSchema): ParameterSchema {
  const result: Record<string, Json> = { ...schema };
  if (result["minimum"] === Number.MIN_SAFE_INTEGER) delete result["minimum"];
  if (result["maximum"] === Number.MAX_SAFE_INTEGER) delete result["maximum"];
  if (isTextType(result["propertyNames"])) delete result["propertyNames"];
  const { prefixItems, enum: values, type } = result;
  if (Array.isArray(prefixItems) && (result["items"] === false || result["items"] === undefined)) {
    delete result["items"];
    result["minItems"] = prefixItems.length;
    result["maxItems"] = prefixItems.length;
  }
  const common = Array.isArray(values) && type === undefined ? commonType(values as readonly Json[]) : null;
  if (common !== null) result["type"] = common;
  if (Array.isArray(type)) {
    const kinds = type as readonly string[];
    const { type: _kinds, ...rest } = result;
    // A list of types says the same; endpoints know `anyOf` better.
    if (Object.keys(rest).every((key) => OUTSIDE.has(key))) return { anyOf: kinds.map((kind) => ({ type: kind })), ...rest };
  }
  return result;
}

const OUTSIDE: ReadonlySet<string> = new Set(["description", "title", "default", "examples"]);

function commonType(values: readonly Json[]): string | null {
  const kinds = new Set(values.map((value) => (value === null ? "null" : typeof value)));
  const [kind] = kinds;
  return kinds.size === 1 && kind !== undefined && kind !== "object" ? kind : null;
}

function described(name: string, property: Json): Json {
  if (!isRecord(property)) return { description: name };
  return "description" in property ? property : { ...property, description: name };
}

const isTextType = (value: Json | undefined): boolean =>
  isRecord(value) && value["type"] === "string" && Object.keys(value).length === 1;
const isRecord = (value: Json | undefined): value is ParameterSchema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
