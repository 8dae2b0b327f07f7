/** The text that tells the model how its code went. Specification chapter 24, section 3. */
import type { CodeResult } from "../run/index.js";

/** The message that tells the model how its code went. */
export function codeReply({ exitCode, output }: CodeResult): string {
  const verdict = exitCode === 0 ? "execution succeeded" : "execution failed";
  return `exitcode: ${exitCode} (${verdict})\nCode output: ${output}`;
}
