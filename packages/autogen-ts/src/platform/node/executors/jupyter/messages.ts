/** Messages between a kernel and us. Protocol: "Messaging in Jupyter", version 5; one JSON text per WebSocket message. */
import { randomUUID } from "node:crypto";

/** A message of a kernel, as far as it concerns running code. */
export interface KernelMessage {
  readonly type: string;
  /** The message that this one is about. */
  readonly parent: string | null;
  readonly content: Readonly<Record<string, unknown>>;
}

/** @returns null for what is no message */
export function parseMessage(text: string): KernelMessage | null {
  try {
    const value = recordOf(JSON.parse(text));
    const { msg_type: type } = recordOf(value["header"]);
    const { msg_id: parent } = recordOf(value["parent_header"]);
    if (typeof type !== "string") return null;
    return { type, parent: typeof parent === "string" ? parent : null, content: recordOf(value["content"]) };
  } catch {
    return null;
  }
}

/** A request on the shell channel, ready to be sent. */
export function shellRequest(session: string, type: string, content: object): { readonly id: string; readonly text: string } {
  const id = randomUUID();
  const header = { msg_id: id, username: "autogen", session, date: new Date().toISOString(), msg_type: type, version: "5.0" };
  return {
    id,
    text: JSON.stringify({ header, parent_header: {}, metadata: {}, content, channel: "shell", buffers: [] }),
  };
}

export const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
