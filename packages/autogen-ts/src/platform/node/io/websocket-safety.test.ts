import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, test } from "vitest";
import { rejection } from "../../../../test/pairs.js";
import { connect, statusOf } from "../../../../test/websocket-client.js";
import { refusalOf, withoutToken, type AccessRules } from "./network-access.js";
import type { WebsocketOptions } from "./websocket-options.js";
import { IOWebsockets, type WebsocketServer } from "./websockets.js";

const echo: WebsocketOptions["onConnect"] = async (io) => {
  for (;;) io.print(await io.input(), { end: "" });
};
const serve = async (options: Partial<WebsocketOptions> = {}): Promise<WebsocketServer> =>
  await IOWebsockets.runServer({ port: 0, onConnect: echo, onWarning: () => undefined, ...options });

describe("who may connect", () => {
  test("by default: programs and pages of this machine, with the token", async () => {
    await using server = await serve();
    const { uri, port, token } = server;
    assert.match(uri, /^ws:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}$/u);
    const bare = `ws://127.0.0.1:${String(port)}`;
    assert.equal(await statusOf(uri), 101);
    assert.equal(await statusOf(bare), 401);
    assert.equal(await statusOf(`${bare}/?token=${String(token).slice(1)}x`), 401);
    assert.equal(await statusOf(bare, { headers: { authorization: `Bearer ${String(token)}` } }), 101);
    assert.equal(await statusOf(uri, { origin: "http://localhost:3000" }), 101);
    assert.equal(await statusOf(uri, { origin: "https://evil.example" }), 403);
    assert.equal(await statusOf(uri, { origin: "null" }), 403);
    assert.equal(await statusOf(uri, { headers: { host: `evil.example:${String(port)}` } }), 403);
    assert.equal((await fetch(`http://127.0.0.1:${String(port)}/`)).status, 426);
  });

  test("a token of one's own, or none at all", async () => {
    await using own = await serve({ token: "päss word" });
    assert.equal(await statusOf(own.uri), 101);
    await using open = await serve({ token: false });
    assert.equal(open.uri, `ws://127.0.0.1:${String(open.port)}`);
    assert.equal(open.token, null);
    assert.equal(await statusOf(open.uri), 101);
  });

  test("`verifyClient` decides last and never sees the token; its failure refuses", async () => {
    const seen: string[] = [];
    await using server = await serve({
      verifyClient: async ({ url, headers, remoteAddress }) => {
        await Promise.resolve();
        seen.push(url, remoteAddress);
        if (headers["x-user"] === "broken") throw new Error("no");
        return headers["x-user"] === "me";
      },
    });
    const uri = server.uri.replace("/?", "/room?a=1&");
    assert.equal(await statusOf(uri, { headers: { "x-user": "me" } }), 101);
    assert.equal(await statusOf(uri), 403);
    assert.equal(await statusOf(uri, { headers: { "x-user": "broken" } }), 403);
    assert.equal(await statusOf(`ws://127.0.0.1:${String(server.port)}`), 401);
    assert.deepEqual(new Set(seen), new Set(["/room?a=1", "127.0.0.1"]));
  });

  test("not more than `maxConnections` at a time", async () => {
    await using server = await serve({ maxConnections: 1, closeTimeoutMs: 1 });
    const client = await connect(server.uri);
    assert.equal(await statusOf(server.uri), 503);
    client.send("still");
    assert.equal(await client.next(), "still");
  });

  const rules: AccessRules = { token: null, origins: null, hosts: ["chat.example.org"] };
  for (const [headers, allowed] of [
    [{ host: "chat.example.org" }, true],
    [{ host: "CHAT.example.org:8765", origin: "https://chat.example.org:8765" }, true],
    [{ host: "chat.example.org:8765", origin: "https://other.example.org:8765" }, false],
    [{ host: "[::1]:1", origin: "http://[::1]:2" }, true],
    [{ host: "192.168.0.7:1", origin: "http://192.168.0.8:1" }, false],
    [{ host: "192.168.0.7:1" }, true],
    [{ host: "localhost.evil.example" }, false],
    [{ host: "127.0.0.1", origin: "http://127.0.0.1.evil.example" }, false],
    [{ host: "127.0.0.1", origin: "not an origin" }, false],
    [{ host: "a b" }, false],
    [{}, false],
  ] as const) {
    test(`${JSON.stringify(headers)} is ${allowed ? "let in" : "refused"}`, () => {
      assert.equal(refusalOf({ url: "/", headers, remoteAddress: "" }, rules) === null, allowed);
    });
  }

  test("a list of origins replaces the default, `any` lifts it", () => {
    const from = (origin: string, origins: AccessRules["origins"]): boolean =>
      refusalOf({ url: "/", headers: { host: "localhost", origin }, remoteAddress: "" }, { ...rules, origins }) === null;
    assert.deepEqual(
      [from("https://a.example", ["https://a.example"]), from("http://localhost", ["https://a.example"])],
      [true, false],
    );
    assert.equal(from("null", "any"), true);
  });

  test("any path is understood", () => {
    for (const [url, expected] of [
      ["//", "/"],
      ["/?token=x", "/"],
      ["http://[", "/"],
      ["/a?b=%FF&token=1", "/a?b=%EF%BF%BD"],
    ]) {
      assert.equal(withoutToken(url!), expected);
    }
  });
});

describe("bad frames end their connection and nothing else", () => {
  test("2 MB: close code 1009", async () => {
    await using server = await serve();
    const client = await connect(server.uri);
    client.send("x".repeat(2 ** 20));
    assert.equal((await client.next()).length, 2 ** 20);
    client.send("x".repeat(2_000_000));
    assert.equal((await client.closed).code, 1009);
    assert.equal(await statusOf(server.uri), 101);
  });

  for (const [kind, binary] of [
    ["text", false],
    ["binary", true],
  ] as const) {
    test(`invalid UTF-8 in a ${kind} frame: close code 1007`, async () => {
      await using server = await serve();
      const client = await connect(server.uri);
      client.send(Buffer.from([0x61, 0xff, 0x62]), binary);
      assert.equal((await client.closed).code, 1007);
      assert.equal(await statusOf(server.uri), 101);
    });
  }

  test("more than anybody asked for: close code 1008", async () => {
    let ended: () => void = () => undefined;
    const left = new Promise<void>((resolve) => (ended = resolve));
    await using server = await serve({
      onConnect: async (_io, { signal }) => {
        await once(signal, "abort");
        ended();
      },
    });
    const client = await connect(server.uri);
    for (let count = 0; count < 1001; count += 1) client.send("x");
    assert.equal((await client.closed).code, 1008);
    await left;
  });

  test("bytes that are no WebSocket at all", async () => {
    await using server = await serve();
    const { connect: open } = await import("node:net");
    const socket = open(server.port, "127.0.0.1");
    socket.end("\u0000\u0001nonsense\r\n\r\n");
    await once(socket.resume(), "close");
    assert.equal(await statusOf(server.uri), 101);
  });
});

test("a client that does not read is cut off when too much waits for it", async () => {
  const failed = new Promise<unknown>((resolve) => {
    void (async () => {
      await using server = await serve({
        maxBufferedBytes: 2 ** 20,
        onConnect: async (io) => {
          const text = "x".repeat(2 ** 18);
          try {
            for (;;) {
              io.print(text);
              await new Promise(setImmediate);
            }
          } catch (error) {
            resolve(error);
          }
        },
      });
      const client = await connect(server.uri);
      client.socket.pause();
      await failed;
      client.socket.terminate();
    })();
  });
  assert.match(String(await failed), /the client does not read/u);
});

test("`drained` waits until the client has been sent everything", async () => {
  const total = 64;
  await using server = await serve({
    maxBufferedBytes: 2 ** 20,
    onConnect: async (io) => {
      for (let count = 0; count < total; count += 1) {
        io.print("x".repeat(2 ** 19));
        await io.drained();
      }
    },
  });
  const client = await connect(server.uri, { maxPayload: 0 });
  const { code, unread } = await client.closed;
  assert.deepEqual([code, unread.length], [1000, total]);
});

test("a client that gives no sign of life is cut off", async () => {
  let failure: unknown;
  await using server = await serve({
    heartbeatMs: 5,
    onConnect: async (io) => {
      failure = await rejection(io.input());
    },
  });
  const client = await connect(server.uri, { autoPong: false });
  assert.equal((await client.closed).code, 1006);
  await server.close();
  assert.equal((failure as { code?: unknown }).code, "input-closed");
});

test("a client that answers pings stays", async () => {
  await using server = await serve({ heartbeatMs: 100, closeTimeoutMs: 1 });
  const client = await connect(server.uri);
  for (let count = 0; count < 3; count += 1) await once(client.socket, "ping");
  client.send("here");
  assert.equal(await client.next(), "here");
});

test("a port that is taken, and options that make no sense, are errors before anybody connects", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as { port: number };
  await assert.rejects(serve({ port }), { code: "invalid-option", message: new RegExp(`port ${String(port)}`, "u") });
  taken.close();
  for (const wrong of [{ onConnect: 1 }, { protocol: "xml" }, { token: "" }, { token: true }, { port: -1 }, { port: "8765" }]) {
    await assert.rejects(serve(wrong as unknown as WebsocketOptions), { code: "invalid-option" });
  }
});
