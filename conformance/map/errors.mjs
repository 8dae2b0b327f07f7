/** Errors in the form in which cases record them. */

/** Names that the service's errors have there, by status. */
const BY_STATUS = { 400: "BadRequestError", 401: "AuthenticationError", 404: "NotFoundError", 429: "RateLimitError" };

/** @param {any} error @returns {{ type: string, status?: number, message: string }} */
export function recordedError(error) {
  const message = String(error?.message ?? error);
  const { code, details } = error ?? {};
  if (code === "model-timeout") return { type: "TimeoutError", message };
  if (code === "model-failed") {
    const status = details?.status ?? null;
    if (details?.kind === "timeout") return { type: "TimeoutError", message };
    if (status !== null)
      return { type: BY_STATUS[status] ?? (status >= 500 ? "InternalServerError" : "APIStatusError"), status, message };
  }
  return { type: typeof code === "string" ? code : (error?.name ?? "Error"), message };
}
