/**
 * File names that a block gives in the comment of its first line. Specification chapter 24, section 8.
 * Divergence: an ordinary comment is not a name. Without `filename:` only the name of a source file counts.
 */

/** `refused` carries the text for the model. */
export type FileNameClaim =
  | { readonly kind: "none" }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "refused"; readonly text: string };

/** What the model is told when a name leads out of the work folder. */
export const NOT_IN_WORKSPACE = "Filename is not in the workspace";

/** The name that the first line asks for, relative to the work folder with `/` between folders, or why it is refused. */
export function fileNameFromCode(code: string): FileNameClaim {
  const end = code.indexOf("\n");
  const comment = commentText((end === -1 ? code : code.slice(0, end)).trim());
  if (comment === undefined) return { kind: "none" };
  const named = comment.startsWith("filename:");
  const name = (named ? comment.slice("filename:".length) : comment).trim();
  if (name === "" || (!named && !looksLikeSourceFile(name))) return { kind: "none" };
  return resolveInside(name);
}

/** Resolves `name` without looking at any disk; symbolic links are for the executor to check. */
export function resolveInside(name: string): FileNameClaim {
  const refused: FileNameClaim = { kind: "refused", text: NOT_IN_WORKSPACE };
  const parts: string[] = [];
  if (/^(?:[/\\]|[A-Za-z]:)/.test(name) || hasControlCharacter(name)) return refused;
  for (const part of name.split(/[/\\]/)) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return refused;
  }
  if (parts.length === 0 || parts.some((part) => part.length > MAX_NAME_LENGTH)) return refused;
  return { kind: "name", name: parts.join("/") };
}

const MAX_NAME_LENGTH = 200; // file systems take 255 bytes; this leaves room for letters of several bytes

const COMMENTS: readonly (readonly [open: string, close: string])[] = [
  ["<!-- ", " -->"],
  ["/* ", " */"],
  ["// ", ""],
  ["# ", ""],
];

function commentText(line: string): string | undefined {
  for (const [open, close] of COMMENTS) {
    if (line.length > open.length + close.length && line.startsWith(open) && line.endsWith(close)) {
      return line.slice(open.length, line.length - close.length).trim();
    }
  }
  return undefined;
}

/**
 * Only names of source files: `# sales.csv` describes data and must not overwrite it. Blanks are accepted as
 * the specification says (up to three), but not together with `..`, which stands in prose more often than in names.
 */
function looksLikeSourceFile(name: string): boolean {
  const blanks = name.split(" ").length - 1;
  if (blanks > 3 || (blanks > 0 && name.includes(".."))) return false;
  return /^[\w.\-/\\ ]{1,255}$/.test(name) && SOURCE_EXTENSIONS.has(name.slice(name.lastIndexOf(".") + 1).toLowerCase());
}

const SOURCE_EXTENSIONS: ReadonlySet<string> = new Set(
  "py pyw ipynb js mjs cjs jsx ts mts cts tsx sh bash zsh ps1 bat cmd html htm css scss sql r rb go rs c h cpp hpp java kt md".split(
    " ",
  ),
);

function hasControlCharacter(name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    if (name.charCodeAt(index) < 32) return true;
  }
  return false;
}
