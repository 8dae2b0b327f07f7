/** A client of WebSocket servers that keeps what it gets until it is asked for. */
import { WebSocket, type ClientOptions } from "ws";

export interface TestClient {
  readonly socket: WebSocket;
  /** The next text frame. @throws Error when the connection ends without one */
  next(): Promise<string>;
  send(data: string | Uint8Array, binary?: boolean): void;
  /** How the connection ended. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string; readonly unread: readonly string[] }>;
}

/** Connects; for a refused connection see `statusOf`. */
export async function connect(uri: string, options: ClientOptions = {}): Promise<TestClient> {
  const socket = new WebSocket(uri, options);
  const frames: string[] = [];
  let wake: () => void = () => undefined;
  let isClosed = false;
  socket.on("message", (data: Buffer, isBinary) => {
    frames.push(isBinary ? `binary:${data.toString("hex")}` : data.toString("utf8"));
    wake();
  });
  const closed = new Promise<Awaited<TestClient["closed"]>>((resolve) => {
    socket.on("close", (code, reason) => {
      isClosed = true;
      wake();
      resolve({ code, reason: reason.toString("utf8"), unread: frames });
    });
  });
  await new Promise<void>((resolve, reject) => socket.once("open", resolve).once("error", reject));
  socket.on("error", () => undefined);
  return {
    socket,
    closed,
    async next() {
      while (frames.length === 0) {
        if (isClosed) throw new Error("The connection ended without a further frame.");
        await new Promise<void>((resolve) => (wake = resolve));
      }
      return frames.shift() ?? "";
    },
    send: (data, binary = false) => socket.send(data, { binary }),
  };
}

/** The HTTP status that a client gets which is not let in; 101 for one that is. */
export async function statusOf(uri: string, options: ClientOptions = {}): Promise<number> {
  const socket = new WebSocket(uri, options);
  return await new Promise((resolve, reject) => {
    socket.once("unexpected-response", (_request, response) => {
      response.resume();
      socket.terminate();
      resolve(response.statusCode ?? 0);
    });
    socket.once("open", () => {
      socket.terminate();
      resolve(101);
    });
    socket.on("error", reject);
  });
}
