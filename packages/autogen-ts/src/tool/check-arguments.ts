/** Whether arguments fit the parameters of a tool, before anything runs (D11-6). */
import type { Json } from "../message/index.js";
import { editDistance, issueText } from "../run/index.js";
import type { ToolArguments } from "./arguments.js";
import type { ArgumentCheck, CheckedArguments } from "./checked-arguments.js";
import type { Tool } from "./define-tool.js";
import type { ParameterSchema } from "./parameter-schema.js";

/** Issues that a model is told of at once. */
const MAX_ISSUES = 8;

/** The check for this tool: by the schema of its library, or else by its JSON Schema. */
export function makeCheck({ name, parameters, schema }: Pick<Tool, "name" | "parameters" | "schema">): ArgumentCheck {
  if (schema === undefined) return jsonSchemaCheck(name, parameters);
  return async (args) => {
    const result = await schema["~standard"].validate(args);
    if (result.issues === undefined || result.issues.length === 0)
      return { ok: true, args: "value" in result ? result.value : args };
    return misfit(name, result.issues.map(issueText));
  };
}

function jsonSchemaCheck(name: string, parameters: ParameterSchema): ArgumentCheck {
  let checker: ((args: ToolArguments) => readonly string[]) | undefined;
  return async (args) => {
    const complete = withDefaults(parameters, args) as ToolArguments; // An object stays one.
    checker ??= await makeChecker(parameters);
    const issues = [...unknownNames(parameters, complete), ...checker(complete)];
    return issues.length === 0 ? { ok: true, args: complete } : misfit(name, issues);
  };
}

function misfit(name: string, issues: readonly string[]): CheckedArguments {
  const shown = issues.slice(0, MAX_ISSUES).map((issue) => `- ${issue}`);
  if (issues.length > MAX_ISSUES) shown.push(`- and ${String(issues.length - MAX_ISSUES)} more`);
  const content = `Error: the arguments do not fit the parameters of ${name}, so it was not run:\n${shown.join("\n")}\nCorrect the arguments and call it again.`;
  return { ok: false, content };
}

/** Loaded on first use: programs without such a tool do without it. */
async function makeChecker(parameters: ParameterSchema): Promise<(args: ToolArguments) => readonly string[]> {
  const { Validator } = await import("@cfworker/json-schema");
  // A copy: the package writes what it has found out into the schema, which models are told.
  const validator = new Validator(structuredClone(parameters), draftOf(parameters["$schema"]), false);
  return (args) => {
    const { valid, errors } = validator.validate(args);
    if (valid) return [];
    return errors.filter(({ keyword }) => !WRAPPERS.has(keyword)).map(described);
  };
}

/** They only say that something below them is wrong, which has an error of its own. */
const WRAPPERS: ReadonlySet<string> = new Set([
  "properties",
  "items",
  "prefixItems",
  "$ref",
  "allOf",
  "patternProperties",
  "if",
  "false",
]);

interface Finding {
  readonly keyword: string;
  readonly instanceLocation: string;
  readonly error: string;
}

/** The package calls the value "instance", and places are pointers such as `#/address/street`. */
function described({ instanceLocation, error }: Finding): string {
  const place = instanceLocation.split("/").slice(1).map(decoded).join(".");
  const text = error
    .replace(/^Instance type "(\w+)" is invalid\. Expected "(.+)"\.$/u, "is of type $1, expected $2")
    .replace(/^Instance /u, "");
  return place === "" ? text : `\`${place}\`: ${text}`;
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return step;
  }
}

type Draft = "4" | "7" | "2019-09" | "2020-12";

function draftOf(dialect: Json | undefined): Draft {
  const found = typeof dialect === "string" ? /draft-0?([47])|(2019-09|2020-12)/u.exec(dialect) : null;
  return (found?.[1] ?? found?.[2] ?? "2020-12") as Draft; // One of the four by the expression above.
}

/**
 * Names that the parameters do not list. JSON Schema lets them pass; a tool whose optional argument is misspelt would
 * run without it. Schemas that say anything about further names are left to say it.
 */
function unknownNames(parameters: ParameterSchema, args: ToolArguments): readonly string[] {
  const { properties } = parameters;
  if (!isRecord(properties) || OPENING.some((keyword) => keyword in parameters)) return [];
  const known = Object.keys(properties);
  return Object.keys(args)
    .filter((name) => !Object.hasOwn(properties, name))
    .map((long) => {
      const name = long.slice(0, MAX_NAME);
      const near = known.find((one) => editDistance(one.toLowerCase(), name.toLowerCase()) <= 2);
      const rest =
        known.length === 0 ? "there are no arguments" : `the arguments are ${known.map((one) => `\`${one}\``).join(", ")}`;
      return `\`${name}\`: no such argument; ${near === undefined ? rest : `did you mean \`${near}\`?`}`;
    });
}

/** Of a name that a model made up, more is not repeated to it. */
const MAX_NAME = 64;

const OPENING = [
  "additionalProperties",
  "patternProperties",
  "unevaluatedProperties",
  "allOf",
  "anyOf",
  "oneOf",
  "if",
  "$ref",
  "$dynamicRef",
  "dependentSchemas",
] as const;

/** A copy in which what is absent and has a `default` is filled in, objects inside of objects too. */
function withDefaults(schema: Json | undefined, value: Json): Json {
  if (!isRecord(schema)) return value;
  if (Array.isArray(value)) {
    const { items } = schema;
    const list: readonly Json[] = value;
    return isRecord(items) ? list.map((item) => withDefaults(items, item)) : list;
  }
  const { properties } = schema;
  if (!isRecord(properties) || !isRecord(value)) return value;
  const complete: Record<string, Json> = { ...value };
  for (const [name, property] of Object.entries(properties)) {
    if (Object.hasOwn(complete, name)) complete[name] = withDefaults(property, complete[name] ?? null);
    else if (isRecord(property) && property["default"] !== undefined) complete[name] = structuredClone(property["default"]);
  }
  return complete;
}

const isRecord = (value: Json | undefined): value is Readonly<Record<string, Json>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
