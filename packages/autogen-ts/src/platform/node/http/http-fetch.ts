/** Which requests to models go over `node:http`, and which are left to Node's `fetch`. Decision record 0004. */
import type { PlainRequest } from "./plain-request.js";

type Fetch = typeof globalThis.fetch;

/**
 * Makes a `fetch` for requests to models that takes a third of the processor time of Node's own. Its answers have what
 * the `openai` package uses of a `Response`. Bodies other than texts, redirects, and a `fetch` or dispatcher that the
 * user has put in the place of Node's are left to `fetch` itself.
 *
 * Connections are those of Node's global agents, which keep them open and heed `NODE_EXTRA_CA_CERTS`.
 *
 * @returns rejects with TypeError `fetch failed` and the reason as its cause, or with the reason of the signal
 */
export function httpFetch(): Fetch {
  let sender: Promise<typeof import("./send-over-http.js")> | undefined;
  return async (input, init) => {
    const request = isReplaced() ? null : plainRequest(input, init);
    if (request === null) return await fetch(input, init);
    const { sendOverHttp } = await (sender ??= import("./send-over-http.js"));
    const answer = await sendOverHttp(request, { hasDispatcher: dispatcher() !== undefined });
    // The rest of `Response` is for servers, caches and forms: the package does without.
    return answer === null ? await fetch(input, init) : (answer as unknown as Response);
  };
}

function plainRequest(input: Parameters<Fetch>[0], init: RequestInit = {}): PlainRequest | null {
  const { method = "GET", body, headers, signal = null } = init;
  if (typeof body !== "string" || "dispatcher" in init || input instanceof Request) return null;
  return {
    url: new URL(input),
    method: method.toUpperCase(),
    headers: {
      ...Object.fromEntries(headers instanceof Headers ? headers : new Headers(headers)),
      "accept-encoding": "gzip, deflate, br",
    },
    body,
    signal,
  };
}

/** Node's `fetch`, as it was when this module was loaded. */
const nodesFetch = globalThis.fetch;

/** Whether requests are meant to go another way: through a proxy, a recorder, a test's own `fetch`. */
function isReplaced(): boolean {
  return globalThis.fetch !== nodesFetch || (dispatcher()?.constructor.name ?? "Agent") !== "Agent";
}

const DISPATCHER = Symbol.for("undici.globalDispatcher.1");

/** What `setGlobalDispatcher` of `undici` was given, or what Node's `fetch` made for itself. */
const dispatcher = (): object | undefined => (globalThis as { readonly [DISPATCHER]?: object })[DISPATCHER];
