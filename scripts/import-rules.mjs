/**
 * The import rules: folder order, no cycles (types included), no ambient effects in the core, nothing done on import.
 * The order itself is data in `import-order.mjs`.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import * as order from "./import-order.mjs";
import { factsOf } from "./module-facts.mjs";
import { filesBelow, shown } from "./paths.mjs";

/**
 * @typedef {{ rule: string, file: string, line: number, text: string }} Violation `file` is relative to `src`
 * @typedef {{ facts: import("./module-facts.mjs").Facts, place: Place }} Module
 * @typedef {{ name: string, imports: readonly string[], pure: boolean, part: string } | undefined} Place
 */

/**
 * Checks all modules below `src`. Tests and tests of types may import what they like, but hold no `any`.
 *
 * @param {string} src
 * @returns {Violation[]}
 */
export function violationsIn(src) {
  const modules = new Map();
  for (const path of filesBelow(src, { skip: (name) => name === "fixtures" || name === "node_modules" })) {
    if (!path.endsWith(".ts")) continue;
    const file = shown(path, src);
    modules.set(file, { facts: factsOf(path, readFileSync(path, "utf8")), place: placeOf(file) });
  }
  const found = [];
  for (const [file, module] of modules) {
    const report = (rule, line, text) => found.push({ rule, file, line, text });
    for (const { line, text } of module.facts.anys) report("any", line, `\`${text}\`: use unknown, and check it`);
    if (isTest(file)) continue;
    checkPlace(file, module, report);
    checkContent(file, module, report);
    for (const entry of module.facts.imports) checkImport(file, module, entry, modules, report);
  }
  return [...found, ...cyclesIn(modules)];
}

const isTest = (file) => /\.(test|types)\.ts$/.test(file);

/** @returns {Place} */
function placeOf(file) {
  const [name, part = ""] = file.split("/");
  const rules = file.includes("/") ? order.FOLDERS[name] : order.ROOT_FILES[name];
  return rules && { name, ...rules, part: order.DIVIDED.includes(name) && file.split("/").length > 2 ? part : "" };
}

function checkPlace(file, { place }, report) {
  if (place === undefined) report("place", 1, `no rule says what may be here: see scripts/import-order.mjs`);
}

function checkContent(file, { facts, place }, report) {
  for (const { line, text } of facts.stars) report("export-star", line, `\`${text}\`: list the names, they are the contract`);
  if (place?.pure) {
    for (const { line, text } of facts.ambient) {
      if (file === order.PROGRAM_WIDE_IN && text === "globalThis") continue;
      report("ambient", line, `\`${text}\` reaches outside: go through \`run.perform\` or the host, or take it as an argument`);
    }
  }
  if (order.PROGRAM.test(file)) return;
  for (const { line, text } of facts.effects)
    report("side-effect", line, `\`${text}\` runs on import: modules only define things`);
}

function checkImport(file, { place }, { specifier, kind, line }, modules, report) {
  if (kind === "effect") report("side-effect", line, `\`import "${specifier}"\` is there for its effects only`);
  if (specifier.startsWith(".")) {
    checkOwnImport(file, place, { specifier, kind, line }, modules, report);
  } else if (specifier === "#platform") {
    const allowed = kind === "augment" || (file === order.PLATFORM_ASKED_IN && kind === "dynamic");
    if (!allowed) report("platform", line, `only ${order.PLATFORM_ASKED_IN} asks for \`#platform\`, with \`import()\``);
  } else if (specifier.startsWith("node:")) {
    if (place?.pure) report("node", line, `\`${specifier}\` belongs into platform, providers or features`);
  } else if (specifier === "(computed)") {
    if (place?.pure) report("package", line, "an import with a computed name cannot be checked");
  } else if (kind === "static" || kind === "effect") {
    report(
      "package",
      line,
      `\`${specifier}\` is loaded on import: use \`import()\` where it is needed, \`import type\` for types`,
    );
  }
}

function checkOwnImport(file, place, { specifier, kind, line }, modules, report) {
  const target = join(dirname(file), specifier).replace(/\.js$/, ".ts");
  const there = placeOf(target);
  if (!modules.has(target)) return report("missing", line, `\`${specifier}\` is not a source file (imports end in .js)`);
  if (order.PROGRAM.test(target)) report("program", line, `\`${specifier}\` is a program: started by path, never imported`);
  if (place === undefined || there === undefined) return undefined;
  if (place.name === there.name && place.part === there.part) return undefined;

  const known = place.imports.includes(there.name) || (place.name === there.name && place.name !== "features");
  if (!known) report("order", line, `${place.name} may not import ${there.name} (\`${specifier}\`)`);
  // Interfaces grow by merging into the file that declares them.
  else if (kind !== "augment" && !isFront(target, place, there)) {
    report("index", line, `\`${specifier}\`: other folders are reached through their index.js`);
  }
  return undefined;
}

/** Within one divided folder the shared files at its top are open to its parts. */
function isFront(target, place, there) {
  if (!target.includes("/")) return true;
  if (place.name === there.name && there.part === "" && place.name !== "features") return true;
  const front = there.part === "" ? [`${there.name}/index.ts`] : [`${there.name}/${there.part}/index.ts`];
  // `index.ts` of src names single platform and provider modules, which no index of theirs loads together.
  return (
    front.includes(target) || (place.name === "index.ts" && order.DIVIDED.includes(there.name) && target.endsWith("/index.ts"))
  );
}

/** Every cycle of imports once, shortest description: the files of one strongly connected component. */
function cyclesIn(modules) {
  const edges = new Map();
  for (const [file, { facts }] of modules) {
    const targets = facts.imports.filter(({ specifier, kind }) => specifier.startsWith(".") && kind !== "augment");
    edges.set(
      file,
      targets
        .map(({ specifier }) => join(dirname(file), specifier).replace(/\.js$/, ".ts"))
        .filter((target) => modules.has(target)),
    );
  }
  return components(edges)
    .filter((files) => files.length > 1 || edges.get(files[0]).includes(files[0]))
    .map((files) => ({ rule: "cycle", file: files[0], line: 1, text: `${files.join(" → ")} → ${files[0]}` }));
}

/**
 * Strongly connected components (Tarjan 1972, "Depth-first search and linear graph algorithms").
 *
 * @param {Map<string, string[]>} edges
 * @returns {string[][]} members in the order in which they lead to each other
 */
function components(edges) {
  const index = new Map();
  /** @type {string[]} */
  const stack = [];
  /** @type {string[][]} */
  const found = [];
  /** Gives the smallest index that can be reached from `node`. */
  const visit = (node) => {
    const own = index.size;
    index.set(node, own);
    stack.push(node);
    let lowest = own;
    for (const next of edges.get(node) ?? []) {
      if (!index.has(next)) lowest = Math.min(lowest, visit(next));
      else if (stack.includes(next)) lowest = Math.min(lowest, index.get(next));
    }
    if (lowest === own) found.push(stack.splice(stack.indexOf(node)));
    return lowest;
  };
  for (const node of edges.keys()) if (!index.has(node)) visit(node);
  return found;
}
