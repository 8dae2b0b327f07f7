/** `npm run check -- docs`: public names are explained, links lead somewhere, TypeScript in documents compiles. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";
import { readMarkdown } from "./markdown.mjs";
import { filesBelow, generated, library, root, runNode, shown, tsc } from "./paths.mjs";

/** @returns {Promise<string[]>} a line per problem */
export async function checkDocs() {
  const documents = filesBelow(root, { skip: (name) => generated.has(name) || name === "fixtures" })
    .filter((path) => path.endsWith(".md") && path !== join(library, "CHANGELOG.md"))
    .map((path) => ({ path, ...readMarkdown(readFileSync(path, "utf8")) }));
  return [...unexplainedExports(publicEntries()), ...documents.flatMap(brokenLinks), ...(await brokenCode(documents))];
}

/** Sources of the package's subpaths, from its `exports`. */
function publicEntries() {
  const { exports } = JSON.parse(readFileSync(join(library, "package.json"), "utf8"));
  return Object.values(exports)
    .filter((entry) => typeof entry === "object")
    .map((entry) => join(library, entry.default.replace("./dist/", "src/").replace(/\.js$/, ".ts")));
}

/**
 * Public names without a docstring.
 *
 * @param {readonly string[]} entries source files
 */
export function unexplainedExports(entries) {
  const absent = entries.filter((entry) => !existsSync(entry));
  if (absent.length > 0) return absent.map((entry) => `${shown(entry)}: package.json exports it, but there is no such source`);
  const program = ts.createProgram(entries, {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const found = new Set();
  for (const entry of entries) {
    const source = program.getSourceFile(entry);
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) continue; // exports nothing yet
    for (const symbol of checker.getExportsOfModule(module)) {
      const original = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const [declaration] = original.declarations ?? [];
      if (declaration === undefined || original.getDocumentationComment(checker).length > 0) continue;
      const file = declaration.getSourceFile();
      const { line } = file.getLineAndCharacterOfPosition(declaration.getStart(file));
      found.add(`${shown(file.fileName)}:${line + 1} \`${original.name}\` is public and has no docstring`);
    }
  }
  return [...found];
}

/** @param {{ path: string, links: import("./markdown.mjs").Link[], anchors: Set<string> }} document */
export function brokenLinks({ path, links, anchors }) {
  return links.flatMap(({ target, line }) => {
    if (/^[a-z][a-z+.-]*:/i.test(target)) return []; // elsewhere: not asked, so that the check needs no network
    const [file, anchor] = target.split("#");
    const there = file === "" ? path : resolve(dirname(path), decodeURIComponent(file));
    const place = `${shown(path)}:${line}`;
    if (!existsSync(there)) return [`${place} \`${target}\` leads nowhere`];
    if (!anchor || !there.endsWith(".md")) return [];
    const known = there === path ? anchors : readMarkdown(readFileSync(there, "utf8")).anchors;
    return known.has(anchor) ? [] : [`${place} \`${target}\`: there is no such heading`];
  });
}

/**
 * Compiles blocks marked `ts`, each as a module of its own that uses the package by its name.
 * A block that only shows a shape is marked `ts fragment`.
 */
async function brokenCode(documents) {
  const folder = join(root, ".cache", "documents");
  rmSync(folder, { recursive: true, force: true });
  const files = new Map();
  for (const { path, fences } of documents) {
    for (const { language, flags, code, line } of fences) {
      if (!["ts", "typescript"].includes(language) || flags.includes("fragment")) continue;
      const name = `${shown(path).replaceAll(/[^\w]+/g, "-")}-${line}.ts`;
      // `export {}` makes a module of a block without imports, on its last line: line numbers stay true.
      files.set(name, { code: `${code}export {};\n`, path, line });
    }
  }
  if (files.size === 0) return [];
  mkdirSync(folder, { recursive: true });
  for (const [name, { code }] of files) writeFileSync(join(folder, name), code);
  const settings = {
    extends: "../../tsconfig.base.json",
    compilerOptions: { noEmit: true, isolatedDeclarations: false, declaration: false },
  };
  Object.assign(settings.compilerOptions, { declarationMap: false });
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ ...settings, include: ["*.ts"] }));
  const { code, output } = await runNode(tsc, ["-p", folder, "--pretty", "false"]);
  return code === 0
    ? []
    : output
        .trim()
        .split("\n")
        .map((text) => atDocument(text, files));
}

/** Turns a compiler message about an extracted block into one about the document. */
function atDocument(text, files) {
  return text.replace(/^.*?([\w-]+\.ts)\((\d+),/, (whole, name, row) => {
    const source = files.get(name);
    return source === undefined ? whole : `${shown(source.path)}(${source.line + Number(row) - 1},`;
  });
}
