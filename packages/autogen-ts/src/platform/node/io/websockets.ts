/** Chats over WebSockets: a server whose clients each get a stream. Specification chapter 15, section 4. */
import { resolveOptions, type WebsocketOptions } from "./websocket-options.js";
import { loadWebsocketPackage } from "./websocket-package.js";

/** A server that listens. */
export interface WebsocketServer extends AsyncDisposable {
  /** The address for clients, with the token if one is needed: a secret then. */
  readonly uri: string;
  readonly port: number;
  /** null when clients need none. */
  readonly token: string | null;
  /**
   * Takes no further clients, waits for the callbacks of the present ones up to `closeTimeoutMs`, then aborts those
   * that are left. Calling it again waits for the same end.
   */
  close(): Promise<void>;
}

/** The WebSocket stream: `IOWebsockets.runServer({ onConnect })`. */
export const IOWebsockets: { readonly runServer: (options: WebsocketOptions) => Promise<WebsocketServer> } = { runServer };

/**
 * Listens, and resolves when clients can connect.
 *
 * @throws AutogenError `missing-package` without the package `ws`, `invalid-option` when it cannot listen there
 */
async function runServer(options: WebsocketOptions): Promise<WebsocketServer> {
  const settings = resolveOptions(options);
  const websockets = await loadWebsocketPackage();
  // With it come Node's servers and their ciphers, which few programs need.
  const { WebsocketListener } = await import("./websocket-server.js");
  const server = new WebsocketListener(settings, websockets);
  await server.listen();
  return server;
}
