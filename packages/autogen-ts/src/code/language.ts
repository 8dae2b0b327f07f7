/** Names of languages: aliases, programs, file extensions. Specification chapter 24, sections 1 and 6. */
import { AutogenError } from "../run/index.js";
import type { CodeBlock } from "../run/index.js";

/**
 * The name under which executors know a language, in lower case: `py3` is `python`, `js` is `javascript`.
 * Names without an alias stay as they are, so that a refusal can quote them.
 */
export function canonicalLanguage(language: string): string {
  const name = language.trim().toLowerCase();
  if (name.startsWith("python")) return "python";
  return ALIASES[name] ?? name;
}

const ALIASES: Readonly<Record<string, string>> = Object.assign(Object.create(null) as Record<string, string>, {
  py: "python",
  py3: "python",
  js: "javascript",
  node: "javascript",
  mjs: "javascript",
  ts: "typescript",
  zsh: "bash",
  console: "sh",
  "shell-session": "sh",
});

/** The block under its canonical language; prompts such as `$ ` are removed from terminal transcripts. */
export function canonicalBlock({ language, code, ...rest }: CodeBlock): CodeBlock {
  const written = language.trim().toLowerCase();
  const isTranscript = written === "console" || written === "shell-session";
  return { ...rest, language: canonicalLanguage(language), code: isTranscript ? code.replace(/^\$ /gm, "") : code };
}

/**
 * The program that runs a language, by the reference's table; capitals matter there.
 *
 * @param powershell which PowerShell the machine has
 * @throws AutogenError `unsupported` for any other language
 */
export function programFor(
  language: string,
  { powershell = "pwsh" }: { readonly powershell?: "pwsh" | "powershell" } = {},
): string {
  if (language === "Python" || language === "py") return "python";
  if (language.startsWith("python") || language === "bash" || language === "sh") return language;
  if (language === "shell") return "sh";
  if (language === "javascript") return "node";
  if (language === "ps1" || language === "pwsh" || language === "powershell") return powershell;
  throw new AutogenError("unsupported", `${language} not recognized in code execution`);
}

/** Extension of the file that a block of a canonical language is written to, without the dot. */
export function extensionFor(language: string): string {
  return EXTENSIONS[language] ?? language;
}

const EXTENSIONS: Readonly<Record<string, string>> = Object.assign(Object.create(null) as Record<string, string>, {
  python: "py",
  javascript: "js",
  typescript: "ts",
  powershell: "ps1",
  pwsh: "ps1",
});

/** Whether blocks of a language are run (true) or only saved (false); languages without an entry are refused. */
export type ExecutionPolicies = Readonly<Record<string, boolean>>;

/** What command-line executors do unless told otherwise. */
export const DEFAULT_EXECUTION_POLICIES: ExecutionPolicies = Object.freeze({
  bash: true,
  shell: true,
  sh: true,
  pwsh: true,
  powershell: true,
  ps1: true,
  python: true,
  javascript: false,
  html: false,
  css: false,
});
