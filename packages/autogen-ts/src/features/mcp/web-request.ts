/** Requests and answers of Node as those of the web, which the official package speaks. */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";

/** The client sends more than it may. */
export class BodyTooLarge extends Error {}

/**
 * The body as JSON; undefined when there is none, or it is no JSON: the protocol answers that.
 *
 * @throws BodyTooLarge
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  if (request.method !== "POST") return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw new BodyTooLarge();
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return null;
  }
}

/** Without its body, which is read and parsed apart. */
export function webRequest({ url = "/", method = "GET", headers }: IncomingMessage, signal: AbortSignal): Request {
  const copied = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) copied.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  // The host was checked; the protocol looks at path and headers only.
  return new Request(new URL(url, "http://localhost"), { method, headers: copied, signal });
}

/** Sends an answer as it comes, no faster than the client reads. */
export async function sendResponse(answer: Response, response: ServerResponse): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (answer.body === null) return void response.end();
  response.flushHeaders();
  const reader = answer.body.getReader();
  const onClose = (): void => void reader.cancel().catch(() => undefined); // the client has left: nobody reads on
  response.once("close", onClose);
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    if (response.destroyed) break;
    if (!response.write(piece.value)) await Promise.race([once(response, "drain"), once(response, "close")]);
  }
  response.off("close", onClose);
  response.end();
}
