/**
 * A server that speaks the protocol of Kubernetes for one pod: its programs are programs of this machine, in a folder.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

export interface KubernetesStub {
  readonly server: string;
  readonly asked: string[];
  readonly pods: Map<string, Record<string, unknown>>;
  stop(): Promise<void>;
}

export async function kubernetesStub(
  protocol: "v4.channel.k8s.io" | "v5.channel.k8s.io",
  token: string,
): Promise<KubernetesStub> {
  const asked: string[] = [];
  const pods = new Map<string, Record<string, unknown>>();
  const children = new Set<ChildProcess>();
  let looks = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const answer = (status: number, body: unknown) =>
        void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      asked.push(`${request.method ?? ""} ${request.url ?? ""}`);
      if (request.headers.authorization !== `Bearer ${token}`) return answer(401, { kind: "Status", message: "Unauthorized" });
      const name = /\/api\/v1\/namespaces\/sandbox\/pods\/([^/?]+)/.exec(request.url ?? "")?.[1];
      if (request.method === "POST") {
        const pod = JSON.parse(Buffer.concat(chunks).toString()) as { metadata: { name: string } };
        pods.set(pod.metadata.name, pod);
        return answer(201, pod);
      }
      const pod = pods.get(name ?? "");
      if (pod === undefined) return answer(404, { kind: "Status", message: `pods "${name ?? ""}" not found` });
      if (request.method === "DELETE") pods.delete(name ?? "");
      return answer(200, { ...pod, status: { phase: looks++ < 1 ? "Pending" : "Running" } });
    });
  });
  const sockets = new WebSocketServer({ server, handleProtocols: (offered) => (offered.has(protocol) ? protocol : false) });
  sockets.on("connection", (socket, request) => {
    const url = new URL(request.url ?? "/", "http://cluster");
    asked.push(`EXEC ${url.pathname} as ${socket.protocol}`);
    const [program = "", ...args] = url.searchParams.getAll("command");
    if (args[1] === "kill -9 -1") {
      const ends = [...children].map((child) => once(child, "close"));
      for (const child of children) process.kill(-(child.pid ?? 0), "SIGKILL");
      const tell = async (): Promise<void> => {
        await Promise.all(ends);
        socket.send(Buffer.concat([Buffer.from([3]), Buffer.from('{"status":"Success"}')]));
        socket.close();
      };
      void tell();
      return;
    }
    // On this machine it would end far more than the pod's programs.
    const child = spawn(
      program,
      args.map((word) => word.replaceAll("kill -9 -1 2>/dev/null", ":")),
      { detached: true },
    );
    children.add(child);
    const send = (channel: number, bytes: Buffer) => socket.send(Buffer.concat([Buffer.from([channel]), bytes]));
    for (const channel of [1, 2, 3]) send(channel, Buffer.alloc(0));
    child.stdout.on("data", (bytes: Buffer) => send(1, bytes));
    child.stderr.on("data", (bytes: Buffer) => send(2, bytes));
    socket.on("message", (data) => {
      if (Buffer.isBuffer(data) && data[0] === 0) child.stdin.write(data.subarray(1));
    });
    child.on("close", (code) => {
      children.delete(child);
      const status =
        code === 0
          ? { metadata: {}, status: "Success" }
          : {
              metadata: {},
              status: "Failure",
              reason: "NonZeroExitCode",
              details: { causes: [{ reason: "ExitCode", message: String(code) }] },
            };
      send(3, Buffer.from(JSON.stringify(status)));
      socket.close(1000);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    server: `http://127.0.0.1:${String(port)}`,
    asked,
    pods,
    async stop() {
      for (const child of children) process.kill(-(child.pid ?? 0), "SIGKILL");
      sockets.close();
      server.closeAllConnections();
      server.close();
      await Promise.resolve();
    },
  };
}
