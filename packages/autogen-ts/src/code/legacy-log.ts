/**
 * What the reference keeps of a program's end where code runs without an executor: what was printed, or on failure only
 * what was printed as errors. Specification chapter 24, sections 3 and 4.
 */
import type { CodeResult } from "../run/index.js";

const TIMEOUT_EXIT_CODE = 124;

/** Exit code and text; a time limit is the text `Timeout` with exit code 1. */
export function legacyLog(result: CodeResult): { readonly exitCode: number; readonly log: string } {
  const { exitCode, output, streams, codeFile } = result;
  if (exitCode === 0) return { exitCode, log: streams?.stdout ?? output };
  if (exitCode === TIMEOUT_EXIT_CODE) return { exitCode: 1, log: "Timeout" };
  // Refusals and missing programs have no errors of a program, only words of ours.
  const errors = streams === undefined || streams.stderr === "" ? output.replace(streams?.stdout ?? "", "") : streams.stderr;
  return { exitCode, log: withoutPlace(errors, codeFile ?? null) };
}

/** Where the file lies is nothing that the model needs to know, and differs between machines. */
function withoutPlace(errors: string, file: string | null): string {
  if (file === null) return errors;
  const name = file.split(/[\\/]/).at(-1) ?? "";
  const folder = file.slice(0, file.length - name.length);
  return name.startsWith("tmp_code_") ? errors.replaceAll(file, "").replaceAll(name, "") : errors.replaceAll(folder, "");
}
