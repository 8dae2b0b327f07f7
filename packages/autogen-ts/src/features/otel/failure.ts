/** What went wrong, in one word for grouping and one sentence for people. */
import { isAutogenError, type Redactor } from "../../core.js";

/** For `error.type` and the status of a span. */
export interface Failure {
  readonly type: string;
  readonly message: string;
}

/**
 * The HTTP status of an endpoint (`429`), the kind of its failure (`connection`), the code of an error of this library, the code of a
 * system error (`ENOENT`), or the name of the error.
 */
export function failureOf(error: unknown, redactor: Redactor): Failure {
  const message = redactor.text(error instanceof Error ? error.message : String(error));
  if (isAutogenError(error)) {
    const { details, code } = error;
    if (typeof details === "object" && details !== null && !Array.isArray(details)) {
      const { status, kind } = details as { readonly status?: unknown; readonly kind?: unknown };
      if (typeof status === "number") return { type: String(status), message };
      if (typeof kind === "string" && kind !== "unknown") return { type: kind, message };
    }
    return { type: code, message };
  }
  if (!(error instanceof Error)) return { type: "_OTHER", message };
  const { code } = error as { readonly code?: unknown };
  return { type: typeof code === "string" ? code : error.name, message };
}
