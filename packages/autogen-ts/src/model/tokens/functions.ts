/** Tokens of function descriptions in a request. Specification chapter 27, section 3. */
import { tokenizerFor, type TokenOptions } from "./count.js";
import { spacedJson } from "./spaced-json.js";
import { DEFAULT_MODEL } from "./windows.js";

/** A function as requests describe it; nothing about its schema is certain. */
export interface DescribedFunction {
  readonly name: string;
  readonly description?: string;
  readonly parameters?: unknown;
}

/** What each field of a property adds besides its text. */
const FIELD = 2;
const ENUM_START = -3;
const ENUM_VALUE = 3;
/** What each function adds; the second for one that has properties, the third when there are none in them. */
const FUNCTION = -2;
const PROPERTIES = 11;
const NO_PROPERTIES = -2;
/** What a list of functions adds, an empty one too. */
const LIST = 12;

export async function numTokensFromFunctions(
  functions: readonly DescribedFunction[],
  model: string = DEFAULT_MODEL,
  options: TokenOptions = {},
): Promise<number> {
  const { tokenizer } = await tokenizerFor(model, options);
  const count = (value: unknown): number => {
    const text = typeof value === "string" ? value : value === undefined || value === null ? "" : spacedJson(value);
    return text === null ? 0 : tokenizer.countTokens(text);
  };
  const left = (field: string): void =>
    options.run?.warn("tokens-skipped", `The field \`${field}\` of a function's property is not counted.`);
  let sum = LIST;
  for (const { name, description, parameters } of functions) {
    sum += FUNCTION + count(name) + count(description) + propertiesTokens(parameters, { count, left });
  }
  return sum;
}

interface Counting {
  readonly count: (value: unknown) => number;
  readonly left: (field: string) => void;
}

function propertiesTokens(parameters: unknown, { count, left }: Counting): number {
  const properties = entriesOf(parameters).find(([key]) => key === "properties")?.[1];
  if (typeof properties !== "object" || properties === null) return 0;
  const entries = entriesOf(properties);
  let sum = PROPERTIES + (entries.length === 0 ? NO_PROPERTIES : 0);
  for (const [property, fields] of entries) {
    sum += count(property);
    for (const [field, value] of entriesOf(fields)) {
      if (field === "type" || field === "description") sum += FIELD + count(value);
      else if (field === "enum" && Array.isArray(value)) sum += enumTokens(value, count);
      else left(field);
    }
  }
  return sum;
}

function enumTokens(values: readonly unknown[], count: (value: unknown) => number): number {
  return values.reduce<number>((sum, value) => sum + ENUM_VALUE + count(value), ENUM_START);
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}
