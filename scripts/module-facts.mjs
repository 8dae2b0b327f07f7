/** What the import rules need to know about one source file, read from its syntax tree. */
import ts from "typescript";
import { AMBIENT, AMBIENT_MEMBERS } from "./import-order.mjs";

/**
 * @typedef {"static" | "type" | "dynamic" | "effect" | "augment"} ImportKind
 *   `type` imports vanish at run time; `effect` has no names; `augment` is `declare module "…"`
 * @typedef {{ specifier: string, kind: ImportKind, line: number }} Import
 * @typedef {{ text: string, line: number }} Finding
 * @typedef {{ imports: Import[], stars: Finding[], anys: Finding[], ambient: Finding[], effects: Finding[] }} Facts
 */

/** Stands for a computed name, which cannot be checked. */
const UNKNOWN = { text: "(computed)" };

/**
 * @param {string} path decides the dialect
 * @param {string} text
 * @returns {Facts}
 */
export function factsOf(path, text) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  /** @type {Facts} */
  const facts = { imports: [], stars: [], anys: [], ambient: [], effects: [] };
  const lineOf = (node) => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
  const add = (list, node, found = node.getText(file).split("\n")[0]) => list.push({ text: found, line: lineOf(node) });
  const addImport = (specifier, kind, node) => facts.imports.push({ specifier: specifier.text, kind, line: lineOf(node) });
  const declared = namesDeclaredIn(file);

  for (const statement of file.statements) if (doesSomething(statement)) add(facts.effects, statement);

  const visit = (node, insideFunction) => {
    if (ts.isImportDeclaration(node)) addImport(node.moduleSpecifier, kindOfImport(node), node);
    else if (ts.isExportDeclaration(node)) {
      if (node.moduleSpecifier !== undefined) addImport(node.moduleSpecifier, kindOfExport(node), node);
      if (node.moduleSpecifier !== undefined && !isNamed(node.exportClause)) add(facts.stars, node);
    } else if (ts.isImportTypeNode(node)) addImport(literalOf(node.argument), "type", node);
    else if (ts.isModuleDeclaration(node) && ts.isStringLiteral(node.name)) addImport(node.name, "augment", node);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      addImport(specifier !== undefined && ts.isStringLiteralLike(specifier) ? specifier : UNKNOWN, "dynamic", node);
    } else if (node.kind === ts.SyntaxKind.AnyKeyword) add(facts.anys, node.parent);
    else if (isTopLevelAwait(node, insideFunction)) add(facts.effects, node);
    else if (isAmbient(node, declared)) add(facts.ambient, node);
    const inside = insideFunction || ts.isFunctionLike(node);
    ts.forEachChild(node, (child) => visit(child, inside));
  };
  visit(file, false);
  return facts;
}

function kindOfImport(node) {
  const clause = node.importClause;
  if (clause === undefined) return "effect";
  if (clause.isTypeOnly) return "type";
  const names = clause.namedBindings;
  const onlyTypes = clause.name === undefined && names !== undefined && ts.isNamedImports(names) && allTypes(names.elements);
  return onlyTypes ? "type" : "static";
}

function kindOfExport(node) {
  const onlyTypes = node.isTypeOnly || (isNamed(node.exportClause) && allTypes(node.exportClause.elements));
  return onlyTypes ? "type" : "static";
}

const literalOf = (type) => (ts.isLiteralTypeNode(type) ? type.literal : UNKNOWN);
const isNamed = (clause) => clause !== undefined && ts.isNamedExports(clause);
const allTypes = (elements) => elements.length > 0 && elements.every((element) => element.isTypeOnly);

/** Statements that only define things are fine at the top of a module; all others do something on import. */
function doesSomething(statement) {
  return !(
    ts.isImportDeclaration(statement) ||
    ts.isExportDeclaration(statement) ||
    ts.isExportAssignment(statement) ||
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isModuleDeclaration(statement) ||
    ts.isVariableStatement(statement) ||
    ts.isImportEqualsDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    ts.isEmptyStatement(statement)
  );
}

function isTopLevelAwait(node, insideFunction) {
  if (insideFunction) return false;
  return ts.isAwaitExpression(node) || ts.isClassStaticBlockDeclaration(node);
}

function isAmbient(node, declared) {
  if (ts.isPropertyAccessExpression(node)) return AMBIENT_MEMBERS.has(`${node.expression.getText()}.${node.name.text}`);
  // `new Date(ms)` is arithmetic; without a value it reads the clock.
  if (ts.isNewExpression(node)) return isGlobal(node.expression, "Date") && (node.arguments ?? []).length === 0;
  if (ts.isCallExpression(node)) return isGlobal(node.expression, "Date");
  return ts.isIdentifier(node) && AMBIENT.has(node.text) && !declared.has(node.text) && isReference(node);
}

const isGlobal = (node, name) => ts.isIdentifier(node) && node.text === name;

/** Whether an identifier stands for a value, and is not merely the name of a member, a label or a type. */
function isReference(node) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isQualifiedName(parent) || ts.isTypeQueryNode(parent) || ts.isTypeReferenceNode(parent)) return false;
  if (ts.isBindingElement(parent) && parent.propertyName === node) return false;
  return parent.name !== node && !ts.isImportSpecifier(parent) && !ts.isExportSpecifier(parent);
}

/** Names of variables, parameters, functions and imports anywhere in the file: those are not the global ones. */
function namesDeclaredIn(file) {
  const names = new Set();
  const visit = (node) => {
    const binds =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isImportSpecifier(node) ||
      ts.isImportClause(node) ||
      ts.isNamespaceImport(node);
    // `declare const console: …` names the global itself.
    if (binds && node.name !== undefined && ts.isIdentifier(node.name) && !isDeclaredElsewhere(node)) names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
}

/** Parameters of types bind nothing; ambient declarations bind the global. */
function isDeclaredElsewhere(node) {
  if (ts.isParameter(node)) return !("body" in node.parent) && !ts.isArrowFunction(node.parent);
  const statement = node.parent?.parent;
  return statement !== undefined && ts.canHaveModifiers(statement) && hasDeclare(statement);
}

const hasDeclare = (node) => ts.getModifiers(node)?.some((modifier) => modifier.kind === ts.SyntaxKind.DeclareKeyword) ?? false;
