/** One request over `node:http` or `node:https`. */
import { request as requestPlainly, type IncomingMessage } from "node:http";
import { request as requestSafely } from "node:https";
import { HttpResponse } from "./http-response.js";
import type { PlainRequest } from "./plain-request.js";

/**
 * @param hasDispatcher whether `fetch` may know certificates that Node does not
 * @returns null when `fetch` has to do it: for redirects, and for certificates, with which nothing was sent
 */
export async function sendOverHttp(
  plain: PlainRequest,
  { hasDispatcher }: { readonly hasDispatcher: boolean },
): Promise<HttpResponse | null> {
  const { url, signal } = plain;
  try {
    signal?.throwIfAborted();
    const answer = await send(plain);
    if (!isRedirect(answer)) return new HttpResponse(answer, { url: url.href, signal });
    answer.destroy();
    return null;
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    if (hasDispatcher && isCertificateProblem(error)) return null;
    throw new TypeError("fetch failed", { cause: error });
  }
}

function send({ url, method, headers, body, signal }: PlainRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === "https:" ? requestSafely : requestPlainly;
    const sent = request(url, { method, headers });
    // Also ends an answer that has begun.
    const abort = (): void => void sent.destroy(new Error("aborted"));
    signal?.addEventListener("abort", abort, { once: true });
    sent.once("close", () => signal?.removeEventListener("abort", abort));
    sent.once("response", resolve);
    // For good: the connection may break after the answer has begun, which then the answer tells too.
    sent.on("error", reject);
    sent.end(body);
  });
}

const isRedirect = ({ statusCode = 0, headers }: IncomingMessage): boolean =>
  statusCode >= 300 && statusCode < 400 && headers.location !== undefined;

function isCertificateProblem(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" && /CERT|SELF_SIGNED|UNABLE_TO_/u.test(code);
}
