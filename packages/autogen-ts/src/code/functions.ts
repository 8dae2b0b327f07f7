/**
 * Functions of the user's that model-written Python can import, as source text with what they need.
 * Specification chapter 24, section 11.
 */
import { AutogenError } from "../run/index.js";

/** What is imported at the top of the module: a module, a module under another name, or names of a module. */
export type ImportForm =
  | string
  | { readonly name: string; readonly alias: string }
  | { readonly module: string; readonly imports: readonly (string | { readonly name: string; readonly alias: string })[] };

/** What a function needs. */
export interface FunctionRequirements {
  /** Packages of the registry, as `pip` names them. */
  readonly pythonPackages?: readonly string[];
  readonly globalImports?: readonly ImportForm[];
}

/** A Python function as source text, with its requirements. */
export class FunctionWithRequirements {
  readonly name: string;
  readonly source: string;
  readonly pythonPackages: readonly string[];
  readonly globalImports: readonly ImportForm[];

  private constructor(name: string, source: string, { pythonPackages = [], globalImports = [] }: FunctionRequirements) {
    this.name = name;
    this.source = source;
    this.pythonPackages = pythonPackages;
    this.globalImports = globalImports;
  }

  /** @throws AutogenError `invalid-option` unless the text holds exactly one function; decorators may stand before it */
  static fromStr(source: string, requirements: FunctionRequirements = {}): FunctionWithRequirements {
    const names = Array.from(source.matchAll(/^(?:async[ \t]+)?def[ \t]+([A-Za-z_]\w*)[ \t]*\(/gm), ([, name = ""]) => name);
    const [name] = names;
    if (name === undefined || names.length !== 1) {
      throw new AutogenError("invalid-option", "The string must contain exactly one function");
    }
    if (signatureOf(source) === undefined) {
      throw new AutogenError("invalid-option", `Could not compile function: the head of \`${name}\` does not end.`);
    }
    return new FunctionWithRequirements(name, source, requirements);
  }
}

/** A function with requirements, or the source of one without. */
export type PythonFunction = FunctionWithRequirements | string;

const withRequirements = (one: PythonFunction): FunctionWithRequirements =>
  typeof one === "string" ? FunctionWithRequirements.fromStr(one) : one;

/** All packages that the functions need, each once. */
export function packagesOf(functions: readonly PythonFunction[]): string[] {
  return [...new Set(functions.flatMap((one) => withRequirements(one).pythonPackages))];
}

/** The text of the module: imports, each once, then the functions. */
export function functionsModule(functions: readonly PythonFunction[]): string {
  const all = functions.map(withRequirements);
  const imports = [...new Set(all.flatMap(({ globalImports }) => globalImports.map(importLine)))];
  return [imports.join("\n"), ...all.map(({ source }) => source), ""].join("\n\n");
}

function importLine(form: ImportForm): string {
  if (typeof form === "string") return `import ${form}`;
  if ("alias" in form) return `import ${form.name} as ${form.alias}`;
  const names = form.imports.map((one) => (typeof one === "string" ? one : `${one.name} as ${one.alias}`));
  return `from ${form.module} import ${names.join(", ")}`;
}

/** Settings of the text for prompts. */
export interface FunctionsPromptOptions {
  /** @default "functions" */
  readonly moduleName?: string;
  /** May use `$module_name` and `$functions`. */
  readonly template?: string;
}

const TEMPLATE = `The following functions of the user are available. Import them by name from the module \`$module_name\`, for example: \`from $module_name import $example\`.

$functions`;

/** What a model has to know of the functions: their heads and docstrings. */
export function formatFunctionsForPrompt(
  functions: readonly PythonFunction[],
  { moduleName = "functions", template = TEMPLATE }: FunctionsPromptOptions = {},
): string {
  const all = functions.map(withRequirements);
  const [first] = all;
  const values: Readonly<Record<string, string>> = {
    module_name: requireModuleName(moduleName),
    functions: all.map(({ source }) => stubOf(source)).join("\n\n"),
    example: first?.name ?? "name",
  };
  return template.replace(/\$(module_name|functions|example)/g, (_, name: string) => values[name] ?? "");
}

/** @throws AutogenError `invalid-option` for what is no identifier */
export function requireModuleName(name: string): string {
  if (/^[A-Za-z_]\w*$/.test(name)) return name;
  throw new AutogenError(
    "invalid-option",
    `\`functionsModule\` is ${JSON.stringify(name)}. Use an identifier such as "functions".`,
  );
}

/** Head, docstring, and an ellipsis for the rest. */
function stubOf(source: string): string {
  const head = signatureOf(source) ?? "";
  const body = source.slice(source.indexOf(head) + head.length);
  const [, docstring] =
    /^\s*(?:#[^\n]*\n\s*)*[rR]?("""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')/.exec(body) ?? [];
  const text = docstring?.replace(/^("""|'''|"|')([\s\S]*)\1$/, "$2").trim();
  return [head, ...(text === undefined ? [] : [indented(`"""${text}"""`)]), "    ..."].join("\n");
}

const indented = (text: string): string =>
  text
    .split("\n")
    .map((line) => (line.trim() === "" ? "" : `    ${line.trimStart()}`))
    .join("\n");

/** From `def` to the colon that ends the head, brackets and strings skipped; undefined when it does not end. */
function signatureOf(source: string): string | undefined {
  const start = /^(?:async[ \t]+)?def[ \t]/m.exec(source)?.index ?? 0;
  const token = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#[^\n]*|[([{]|[)\]}]|:/g;
  token.lastIndex = start;
  let depth = 0;
  for (let found = token.exec(source); found !== null; found = token.exec(source)) {
    const [sign] = found;
    if ("([{".includes(sign)) depth++;
    else if (")]}".includes(sign)) depth--;
    else if (sign === ":" && depth === 0) return source.slice(start, found.index + 1);
  }
  return undefined;
}
