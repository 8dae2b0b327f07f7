/** What executors on other machines have in common: Linux, no PowerShell, and a place that goes away with all its files. */
import { DEFAULT_EXECUTION_POLICIES } from "../../../../code/index.js";
import type { CommandLine } from "../command-line.js";

/** @param policies those of the executor, and on top of them the user's */
export function remoteLine(
  own: Pick<CommandLine, "name" | "folder" | "limits" | "run">,
  policies: CommandLine["policies"],
): CommandLine {
  return {
    ...own,
    policies: { ...DEFAULT_EXECUTION_POLICIES, pwsh: false, powershell: false, ps1: false, ...policies },
    sanitize: "off",
    unknownLanguageHint: "",
    keepsStreamsApart: false,
    keepTemporary: true,
  };
}
