/** A server that speaks the protocols of E2B, as its package uses them: REST for sandboxes and files, Connect for programs. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";

export interface E2bStub {
  readonly url: string;
  readonly asked: string[];
  readonly created: unknown[];
  stop(): Promise<void>;
}

/** A message of a stream: one byte of flags, its length, then JSON. */
function envelope(value: unknown, flags = 0): Buffer {
  const body = Buffer.from(JSON.stringify(value));
  const head = Buffer.alloc(5);
  head[0] = flags;
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

/** The content of a form with one part. */
function onlyPart(body: Buffer): Buffer {
  const boundary = body.subarray(0, body.indexOf("\r\n"));
  return body.subarray(body.indexOf("\r\n\r\n") + 4, body.lastIndexOf(Buffer.concat([Buffer.from("\r\n"), boundary])));
}

const END_OF_STREAM = 2;

/** @param mute how many programs are never started, nor is that said */
export async function e2bStub(apiKey: string, { mute = 0 }: { readonly mute?: number } = {}): Promise<E2bStub> {
  let unanswered = mute;
  const asked: string[] = [];
  const created: unknown[] = [];
  const children = new Set<ChildProcess>();
  const killAll = async (): Promise<void> => {
    const ends = [...children].map((child) => once(child, "close"));
    for (const child of children) process.kill(-(child.pid ?? 0), "SIGKILL");
    await Promise.all(ends);
  };
  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? "/", "http://e2b");
      asked.push(`${request.method ?? ""} ${url.pathname}`);
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      const json = (status: number, value?: unknown) =>
        response
          .writeHead(status, { "content-type": "application/json" })
          .end(value === undefined ? undefined : JSON.stringify(value));
      if (url.pathname === "/v2/sandboxes") {
        if (request.headers["x-api-key"] !== apiKey) return json(401, { code: 401, message: "Invalid API key" });
        created.push(JSON.parse(body.toString()));
        return json(201, {
          sandboxID: "s1",
          templateID: "base",
          clientID: "c",
          envdVersion: "0.4.0",
          envdAccessToken: "inner",
          domain: null,
        });
      }
      if (request.method === "DELETE") {
        await killAll();
        return response.writeHead(204).end();
      }
      if (url.pathname === "/files") {
        const path = url.searchParams.get("path") ?? "";
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, onlyPart(body));
        return json(200, [{ name: path, path, type: "file" }]);
      }
      if (url.pathname !== "/process.Process/Start") return json(404, { code: "not_found", message: url.pathname });
      if (unanswered-- > 0) return undefined;
      const { process: wanted } = JSON.parse(body.subarray(5).toString()) as {
        process: { cmd: string; args: string[]; cwd: string };
      };
      response.writeHead(200, { "content-type": "application/connect+json" });
      const child = spawn(wanted.cmd, wanted.args, { cwd: wanted.cwd, detached: true });
      children.add(child);
      response.write(envelope({ event: { start: { pid: child.pid } } }));
      child.stdout.on("data", (bytes: Buffer) =>
        response.write(envelope({ event: { data: { stdout: bytes.toString("base64") } } })),
      );
      child.stderr.on("data", (bytes: Buffer) =>
        response.write(envelope({ event: { data: { stderr: bytes.toString("base64") } } })),
      );
      child.on("close", (code) => {
        children.delete(child);
        response.write(
          envelope({ event: { end: { exitCode: code ?? 137, exited: true, status: `exit status ${String(code)}` } } }),
        );
        response.end(envelope({}, END_OF_STREAM));
      });
      return undefined;
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    asked,
    created,
    async stop() {
      await killAll();
      server.closeAllConnections();
      server.close();
    },
  };
}
