/** Which programs run which language, and how words are put on a shell's command line. */

/** Names of programs, best first; for this machine itself also those that other systems than Linux have. */
export function programsFor(
  language: string,
  { onThisMachine = false }: { readonly onThisMachine?: boolean } = {},
): readonly string[] {
  switch (language) {
    case "python":
      return onThisMachine ? ["python3", "python", "py"] : ["python3", "python"];
    case "javascript":
      return ["node"];
    case "shell":
    case "sh":
      return onThisMachine ? ["sh", "bash"] : ["sh"];
    case "ps1":
    case "pwsh":
    case "powershell":
      return onThisMachine ? ["pwsh", "powershell"] : ["pwsh"];
    default:
      return [language];
  }
}

/** One word for a POSIX shell, whatever is in it. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
