/** A server that answers as Docker's engine does, as far as a test says, and writes down what it was asked. */
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface EngineStub {
  readonly address: string;
  /** Method and path, in order. */
  readonly asked: string[];
  /** Bodies of requests by path without query. */
  readonly bodies: Map<string, unknown>;
  stop(): Promise<void>;
}

/** `undefined`: the ordinary answer. A function writes the answer itself. */
export type StubAnswers = (
  asked: string,
) => { readonly status: number; readonly body?: unknown } | ((response: ServerResponse) => void) | undefined;

/** A piece of output, as engines send it: 1 is standard output, 2 that of errors. */
export const frame = (stream: number, text: string): Buffer => {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};

const ORDINARY: Readonly<Record<string, { readonly status: number; readonly body?: unknown }>> = {
  "GET /_ping": { status: 200, body: "OK" },
  "GET /info": { status: 200, body: { SecurityOptions: ["name=seccomp,profile=builtin"] } },
  "POST /containers/create": { status: 201, body: { Id: "c1", Warnings: [] } },
  "POST /containers/c1/start": { status: 204 },
  "GET /containers/c1/json": {
    status: 200,
    body: { Id: "c1", State: { Status: "running", OOMKilled: false }, Config: { Labels: {} }, NetworkSettings: { Ports: {} } },
  },
  "POST /containers/c1/exec": { status: 201, body: { Id: "e1" } },
  "GET /exec/e1/json": { status: 200, body: { Running: false, ExitCode: 0 } },
  "DELETE /containers/c1": { status: 204 },
  "POST /containers/c1/kill": { status: 204 },
};

export async function engineStub(answers: StubAnswers = () => undefined): Promise<EngineStub> {
  const folder = mkdtempSync(join(tmpdir(), "engine-"));
  const socket = join(folder, "engine.sock");
  const asked: string[] = [];
  const bodies = new Map<string, unknown>();
  const server: Server = createServer((request, response) => {
    void (async () => {
      const path = new URL(request.url ?? "/", "http://engine").pathname;
      const line = `${request.method ?? ""} ${path}`;
      asked.push(`${request.method ?? ""} ${request.url ?? ""}`);
      const text = await textOf(request);
      if (text !== "") bodies.set(line, JSON.parse(text));
      const answer = answers(line) ?? ORDINARY[line] ?? (line.startsWith("GET /images/") ? { status: 200, body: {} } : undefined);
      if (typeof answer === "function") return answer(response);
      if (line === "POST /exec/e1/start") {
        response.writeHead(200, { "content-type": "application/vnd.docker.multiplexed-stream" });
        return response.end(Buffer.concat([frame(1, "out\n"), frame(2, "err\n")]));
      }
      const { status, body } = answer ?? { status: 404, body: { message: `no such thing: ${line}` } };
      response.writeHead(status, { "content-type": "application/json" });
      return response.end(body === undefined ? undefined : JSON.stringify(body));
    })();
  });
  server.on("upgrade", (request: IncomingMessage, connection) => {
    asked.push(`${request.method ?? ""} ${request.url ?? ""}`);
    connection.write(
      "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n",
    );
    connection.on("error", () => {});
    connection.resume();
  });
  server.listen(socket);
  await once(server, "listening");
  return {
    address: `unix://${socket}`,
    asked,
    bodies,
    async stop() {
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true, force: true });
      await Promise.resolve();
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
