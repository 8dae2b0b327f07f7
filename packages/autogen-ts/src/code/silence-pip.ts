/** Keeps package installation from filling the output. Specification chapter 24, section 6. */

const SHELLS: ReadonlySet<string> = new Set(["bash", "shell", "sh", "pwsh", "powershell", "ps1"]);

/** Adds ` -qqq` after `pip install` at the start of a line (after `!pip install` in Python), unless it is there. */
export function silencePip(code: string, language: string): string {
  const command = commandPattern(language);
  if (command === undefined) return code;
  return code
    .split("\n")
    .map((line) => silenceLine(line, command))
    .join("\n");
}

function commandPattern(language: string): RegExp | undefined {
  if (language === "python") return /^! ?pip install/;
  return SHELLS.has(language) ? /^pip install/ : undefined;
}

function silenceLine(line: string, command: RegExp): string {
  const found = command.exec(line)?.[0];
  return found === undefined || line.includes("-qqq") ? line : line.replaceAll(found, `${found} -qqq`);
}
