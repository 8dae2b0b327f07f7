/** HTTP answers of servers that may send without end. */
import { AutogenError } from "../../core.js";

/**
 * A `fetch` whose answers fail when a message of theirs is longer than `messageBytes`: the body as a whole, or in a
 * stream of events what stands between two blank lines.
 */
export function limitedFetch(fetchOnce: typeof fetch, messageBytes: number): typeof fetch {
  return async (input, init) => {
    const response = await fetchOnce(input, init);
    if (response.body === null) return response;
    const isStream = response.headers.get("content-type")?.includes("text/event-stream") === true;
    const body = response.body.pipeThrough(limiter(messageBytes, isStream));
    const { status, statusText, headers } = response;
    const copy = new Response(body, { status, statusText, headers });
    // Where redirects have led to is asked for by the official client.
    Object.defineProperty(copy, "url", { value: response.url });
    Object.defineProperty(copy, "redirected", { value: response.redirected });
    return copy;
  };
}

function limiter(messageBytes: number, isStream: boolean): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  let blank = false;
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      if (isStream) {
        for (const byte of chunk) {
          if (byte === 13) continue;
          if (byte === 10 && blank) bytes = 0;
          else bytes += 1;
          blank = byte === 10;
          if (bytes > messageBytes) break;
        }
      } else {
        bytes += chunk.length;
      }
      if (bytes > messageBytes) {
        controller.error(new AutogenError("mcp-failed", `sent a message of more than ${String(messageBytes)} bytes`));
      } else {
        controller.enqueue(chunk);
      }
    },
  });
}
