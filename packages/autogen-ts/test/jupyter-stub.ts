/** A Jupyter server that speaks the true protocols, with kernels that answer as a test wants: for what a real one cannot be made to do. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";

/** A cell that was sent to a kernel. */
export interface StubCell {
  readonly code: string;
  readonly kernel: string;
  readonly socket: WebSocket;
  /** A message about this cell. */
  say(type: string, content: object): void;
  /** A message about something else. */
  sayElsewhere(type: string, content: object, parent?: string): void;
  /** Ends the cell. */
  idle(): void;
}

export interface JupyterStub {
  readonly port: number;
  /** `GET /api/kernels`, in the order of arrival. */
  readonly asked: string[];
  /** Headers of all requests, WebSockets among them. */
  readonly headers: IncomingHttpHeaders[];
  /** Kernels that live. */
  readonly kernels: Set<string>;
  /** Names of kernels that were started. */
  readonly started: string[];
  stop(): Promise<void>;
}

export interface JupyterBehaviour {
  /** What kernels do with a cell. */
  readonly onCell: (cell: StubCell) => void;
  /** Answers of HTTP that come instead, once each: by `POST /api/kernels` for example. */
  readonly instead?: Record<string, (answer: (status: number, body: string, headers?: Record<string, string>) => void) => void>;
  /** How many questions whether it is ready a kernel leaves unanswered. @default 0 */
  readonly deafTo?: number;
  /** Kernels whose WebSocket is refused. @default none */
  readonly refuseChannels?: boolean;
}

export async function jupyterStub({
  onCell,
  instead = {},
  deafTo = 0,
  refuseChannels = false,
}: JupyterBehaviour): Promise<JupyterStub> {
  const stub = {
    asked: [] as string[],
    headers: [] as IncomingHttpHeaders[],
    kernels: new Set<string>(),
    started: [] as string[],
  };
  let deaf = deafTo;
  const server = createServer((request, response) => {
    const line = `${request.method ?? ""} ${request.url ?? ""}`;
    stub.asked.push(line);
    stub.headers.push(request.headers);
    const answer = (status: number, body: string, headers: Record<string, string> = {}): void =>
      void response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
    const other = instead[line];
    if (other !== undefined) {
      delete instead[line];
      other(answer);
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const [, , what = "", id = ""] = (request.url ?? "").split("/");
      if (what === "kernelspecs") return answer(200, JSON.stringify({ default: "python3", kernelspecs: { python3: {} } }));
      if (request.method === "POST" && id === "") {
        const kernel = randomUUID();
        stub.kernels.add(kernel);
        stub.started.push((JSON.parse(Buffer.concat(chunks).toString()) as { name: string }).name);
        return answer(201, JSON.stringify({ id: kernel }));
      }
      if (request.method === "DELETE") stub.kernels.delete(id);
      return answer(204, "");
    });
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    stub.headers.push(request.headers);
    if (refuseChannels) return socket.end("HTTP/1.1 404 Not Found\r\n\r\n");
    const kernel = (request.url ?? "").split("/")[3] ?? "";
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on("message", (data: Buffer) => {
        const { header, content } = JSON.parse(data.toString("utf8")) as {
          header: { msg_id: string; msg_type: string; version: string; username: string };
          content: { code?: string };
        };
        const send = (type: string, body: object, parent: string | undefined): void =>
          client.send(
            JSON.stringify({
              header: { msg_id: randomUUID(), msg_type: type, version: header.version, username: header.username },
              parent_header: parent === undefined ? {} : { msg_id: parent },
              metadata: {},
              content: body,
              channel: "iopub",
            }),
          );
        if (header.msg_type === "kernel_info_request") {
          if (deaf-- <= 0) send("kernel_info_reply", { status: "ok" }, header.msg_id);
          return;
        }
        onCell({
          code: content.code ?? "",
          kernel,
          socket: client,
          say: (type, body) => send(type, body, header.msg_id),
          sayElsewhere: (type, body, parent) => send(type, body, parent),
          idle: () => send("status", { execution_state: "idle" }, header.msg_id),
        });
      });
    });
    return undefined;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    ...stub,
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      server.close();
    },
  };
}
