/** A collector of OpenTelemetry on loopback: OTLP over HTTP with JSON, as far as the protocol says what to refuse. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly status: { readonly code?: number };
}

export interface Collector extends AsyncDisposable {
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  /** Names of metrics and how many points each had. */
  readonly metrics: ReadonlyMap<string, number>;
  /** What was sent against the protocol. */
  readonly complaints: readonly string[];
}

interface Scoped<T> {
  readonly scope?: { readonly name?: string };
  readonly spans?: T[];
  readonly metrics?: { readonly name: string; readonly histogram?: { readonly dataPoints: readonly unknown[] } }[];
}

export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const metrics = new Map<string, number>();
  const complaints: string[] = [];
  const server: Server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const refuse = (status: number, text: string): void => {
        complaints.push(text);
        response.writeHead(status).end();
      };
      if (request.method !== "POST") return refuse(405, `method ${request.method ?? ""}`);
      if (request.headers["content-type"] !== "application/json")
        return refuse(415, `type ${String(request.headers["content-type"])}`);
      const bytes = Buffer.concat(pieces);
      const text = (request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString("utf8");
      // What the protocol says; whatever is missing shows in the assertions of the test.
      const body = JSON.parse(text) as {
        readonly resourceSpans?: readonly { readonly scopeSpans: readonly Scoped<CollectedSpan>[] }[];
        readonly resourceMetrics?: readonly { readonly scopeMetrics: readonly Scoped<never>[] }[];
      };
      if (request.url === "/v1/traces") {
        const found = (body.resourceSpans ?? []).flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans ?? []));
        for (const span of found) complaints.push(...wrongSpan(span));
        spans.push(...found);
      } else if (request.url === "/v1/metrics") {
        for (const { scopeMetrics } of body.resourceMetrics ?? []) {
          for (const { name, histogram } of scopeMetrics.flatMap((scope) => scope.metrics ?? []))
            metrics.set(name, histogram?.dataPoints.length ?? 0);
        }
      } else return refuse(404, `path ${request.url ?? ""}`);
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
      return undefined;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // It listens on a port.
  const { port } = server.address() as AddressInfo;
  return {
    ...{ url: `http://127.0.0.1:${String(port)}`, spans, metrics, complaints },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Against the mapping to JSON of OTLP: ids in hexadecimal, times as decimal texts, typed values. */
function wrongSpan({ traceId, spanId, parentSpanId, name, kind, ...rest }: CollectedSpan): string[] {
  const wrong: string[] = [];
  const check = (holds: boolean, what: string): void => void (holds || wrong.push(`${name}: ${what}`));
  check(/^[0-9a-f]{32}$/u.test(traceId), `traceId ${traceId}`);
  check(/^[0-9a-f]{16}$/u.test(spanId), `spanId ${spanId}`);
  check(parentSpanId === undefined || /^(?:[0-9a-f]{16})?$/u.test(parentSpanId), `parentSpanId ${String(parentSpanId)}`);
  check([1, 2, 3, 4, 5].includes(kind), `kind ${String(kind)}`);
  check(/^\d+$/u.test(rest.startTimeUnixNano) && /^\d+$/u.test(rest.endTimeUnixNano), "times");
  check(BigInt(rest.endTimeUnixNano) >= BigInt(rest.startTimeUnixNano), "ends before it starts");
  for (const { key, value } of rest.attributes) {
    const types = Object.keys(value);
    check(types.length === 1 && /^(?:string|bool|int|double|array)Value$/u.test(types[0] ?? ""), `attribute ${key}`);
  }
  return wrong;
}
