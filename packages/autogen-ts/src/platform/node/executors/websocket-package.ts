/** The optional package `ws`, loaded on first use: Node's own WebSocket sends no headers, and is not there in Node 20. */
import { AutogenError } from "../../../run/index.js";

/** @throws AutogenError `missing-package` */
export async function loadWebSocket(purpose: string): Promise<typeof import("ws").WebSocket> {
  try {
    return (await import("ws")).WebSocket;
  } catch (cause) {
    throw new AutogenError("missing-package", `${purpose} needs the package \`ws\`. Install it: \`npm install ws\`.`, { cause });
  }
}
