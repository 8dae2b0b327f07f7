/** The optional package `ws`, loaded on first use. */
import { AutogenError } from "../../../run/index.js";

/** @throws AutogenError `missing-package` */
export async function loadWebsocketPackage(): Promise<typeof import("ws")> {
  try {
    return await import("ws");
  } catch (error) {
    throw new AutogenError("missing-package", "The WebSocket server needs the package `ws`. Install it: `npm install ws`.", {
      cause: error,
    });
  }
}
