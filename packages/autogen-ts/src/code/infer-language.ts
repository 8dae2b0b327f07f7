/**
 * A guess at the language of a block without a label. Specification chapter 24, section 1: the reference
 * compiles the text as Python; here the words decide, and the commands of a shell are known.
 */

/** What a guess can say. */
export type InferredLanguage = "python" | "sh" | "unknown";

/** `sh` for the commands of a terminal, `python` for what looks like it, else `unknown`. Nothing is executed. */
export function inferLanguage(code: string): InferredLanguage {
  const shebang = /^#![^\n]*/.exec(code)?.[0];
  if (shebang !== undefined) return languageOfShebang(shebang);
  const lines = code
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "" && !isComment(line));
  const first = lines[0]?.trimStart();
  if (first === undefined) return "python"; // empty, or comments only: harmless as Python
  if (isShellCommand(first)) return "sh";
  if (OTHER_LANGUAGE.test(first)) return "unknown";
  if (lines.length === 1 && BARE_NAME.test(first)) return "python";
  return lines.some((line) => isPython(line.trimStart())) ? "python" : "unknown";
}

function languageOfShebang(line: string): InferredLanguage {
  if (/\bpython[\d.]*\b/.test(line)) return "python";
  return /\b(?:ba|z|da|k)?sh\b/.test(line) ? "sh" : "unknown";
}

function isComment(line: string): boolean {
  return /^\s*#(?!\s*include\s*[<"])/.test(line);
}

const COMMANDS: ReadonlySet<string> = new Set(
  (
    "ls cd echo cat cp mv rm mkdir touch chmod chown ln pwd grep sed awk find head tail sort uniq wc tar unzip gzip " +
    "curl wget git npm npx node yarn pnpm bun deno apt apt-get brew conda docker make sudo export source which ps kill df du"
  ).split(" "),
);

function isShellCommand(line: string): boolean {
  const command = /^[\w.-]+(?=\s|$)/.exec(line)?.[0];
  if (command === undefined) return false;
  const rest = line.slice(command.length).trimStart();
  if (/^[-+*/%|&^]?=/.test(rest)) return false; // an assignment to a name such as `node`
  if (/^(?:python|python3)$/.test(command)) return rest !== "";
  return COMMANDS.has(command) || (/^pip[\w.]*$/.test(command) && (rest !== "" || command === "pip"));
}

/** The first line of a text that is certainly of another language. */
const OTHER_LANGUAGE =
  /^(?:(?:const|let|var|function|export|public|private|package|using|interface|type|fn|func|#include)\s|<[!?a-zA-Z]|(?:SELECT|INSERT|CREATE|UPDATE|DELETE)\s)/;

const BARE_NAME = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;

const PYTHON_LINES: readonly RegExp[] = [
  /^import [A-Za-z_][\w.]*/,
  /^from [\w.]+ import\b/,
  /^(?:async )?def [A-Za-z_]\w*\s?\(/,
  /^class [A-Za-z_]\w*\s?[(:]/,
  /^@[A-Za-z_][\w.]*(?:\(|$)/,
  /^(?:if|elif|while|for|with|except|match) \S.*:(?:\s|$)/,
  /^(?:else|try|finally|except):/,
  /^[A-Za-z_][\w.]*(?:\[[^\]]*\])?(?:\s?:\s?[\w.[\], ]{1,60})?\s{0,4}(?:[-+*/%|&^@]|\/\/|\*\*|<<|>>)?=\s{0,4}[^\s=]/,
  /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\(/,
];

function isPython(line: string): boolean {
  return PYTHON_LINES.some((pattern) => pattern.test(line));
}
