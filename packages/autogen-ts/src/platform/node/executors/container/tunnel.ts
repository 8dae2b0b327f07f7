/**
 * A port of this machine's loopback address whose connections end at a port inside a container that has no network:
 * each is carried by a small program that the engine starts inside.
 */
import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { once } from "node:events";
import { textIn } from "./container.js";
import type { Container } from "./container.js";
import type { ContainerEngine } from "./engine.js";
import { FrameReader } from "./frames.js";

/** Needs nothing but Python, which the servers that are reached this way are written in. */
const RELAY = `
import os, socket, sys, threading
connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
def send():
    while True:
        data = os.read(0, 65536)
        if not data: break
        connection.sendall(data)
    connection.shutdown(socket.SHUT_WR)
threading.Thread(target=send, daemon=True).start()
while True:
    data = connection.recv(65536)
    if not data: break
    while data: data = data[os.write(1, data):]
os._exit(0)
`;

/** Open until it is closed. */
export class Tunnel {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(server: Server, port: number, sockets: Set<Socket>) {
    this.#server = server;
    this.port = port;
    this.#sockets = sockets;
  }

  static async open(engine: ContainerEngine, container: Container, inside: number): Promise<Tunnel> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => socket.destroy()).once("close", () => sockets.delete(socket));
      carry(engine, container, inside, socket).catch(() => socket.destroy()); // the client sees its connection close
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    server.unref();
    const address = server.address();
    return new Tunnel(server, typeof address === "object" && address !== null ? address.port : 0, sockets);
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

async function carry(engine: ContainerEngine, container: Container, inside: number, socket: Socket): Promise<void> {
  const created = await engine.call("POST", `/containers/${container.id}/exec`, {
    body: { AttachStdin: true, AttachStdout: true, AttachStderr: true, Cmd: ["python3", "-c", RELAY, String(inside)] },
  });
  const path = `/exec/${textIn(created.body, "Id")}/start`;
  const stream = await engine.upgrade(path, { body: { Detach: false, Tty: false } });
  const frames = new FrameReader((bytes, kind) => {
    if (kind === "stdout" && !socket.destroyed && !socket.write(bytes)) {
      stream.pause();
      socket.once("drain", () => stream.resume());
    }
  });
  stream.on("data", (chunk: Buffer) => frames.add(chunk));
  stream.once("close", () => socket.destroy());
  stream.once("end", () => socket.end());
  socket.pipe(stream);
  socket.once("close", () => stream.destroy());
  if (socket.destroyed) stream.destroy();
}
