/** The optional package, loaded on first use. */
import { AutogenError } from "../../core.js";

/** What of it is used is used by this name. */
export type OtelApi = typeof import("@opentelemetry/api");

/** @throws AutogenError `missing-package` */
export async function loadApi(): Promise<OtelApi> {
  try {
    return await import("@opentelemetry/api");
  } catch (cause) {
    const message =
      "Tracing needs the package `@opentelemetry/api`, and a program that sends traces also one of its SDKs. Install it: `npm install @opentelemetry/api`.";
    throw new AutogenError("missing-package", message, { cause });
  }
}
