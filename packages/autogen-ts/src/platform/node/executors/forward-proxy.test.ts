/** The way out to the public internet, and to nothing else. Decisions, section 4. Real servers on loopback; names and addresses of the test's choice. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import { connect, createServer as createTcpServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, describe, test } from "vitest";
import { bubblewrap, container, inFolder, podman, prepared, python } from "../../../../test/executors.js";
import { isAllowedHost } from "./allowed-hosts.js";
import { BubblewrapCodeExecutor } from "./bubblewrap.js";
import type { BubblewrapExecutorOptions } from "./bubblewrap.js";
import { DockerCommandLineCodeExecutor } from "./optional/index.js";
import { ForwardProxy } from "./forward-proxy.js";
import type { ForwardProxyOptions } from "./forward-proxy.js";
import { isPublicAddress } from "./public-address.js";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A server that stands for the internet; each request comes back as a text. */
async function internet(): Promise<{ readonly port: number; readonly seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  const port = await listening(
    createServer((incoming, response) => {
      seen.push(incoming);
      let body = "";
      incoming.on("data", (chunk: Buffer) => (body += chunk.toString()));
      incoming.on("end", () => response.setHeader("x-from", "internet").end(`${incoming.method} ${incoming.url} ${body}`));
    }),
  );
  return { port, seen };
}

const NAMES: Readonly<Record<string, readonly string[]>> = {
  "example.com": ["93.184.216.34"],
  "two.example.com": ["10.0.0.1", "93.184.216.34"],
  "rebinding.example.com": ["127.0.0.1"],
  "mapped.example.com": ["::ffff:127.0.0.1"],
  "metadata.example.com": ["169.254.169.254"],
};

interface Net {
  readonly proxy: ForwardProxy;
  readonly port: number;
  readonly seen: readonly IncomingMessage[];
  readonly dialled: string[];
  readonly refused: string[];
}

async function net(network: ForwardProxyOptions["network"] = "public"): Promise<Net> {
  const { port, seen } = await internet();
  const dialled: string[] = [];
  const refused: string[] = [];
  const proxy = await ForwardProxy.listen(0, {
    network,
    resolve: async (host) => NAMES[host] ?? [],
    dial: (address, asked) => {
      dialled.push(`${address}:${asked}`);
      return connect(port, "127.0.0.1");
    },
    onRefused: ({ host, port: asked }) => refused.push(`${host}:${asked}`),
  });
  closing.push(() => proxy.close());
  return { proxy, port, seen, dialled, refused };
}

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
  readonly from: string | string[] | undefined;
}

async function plain({ proxy }: Net, url: string, body?: string): Promise<Answer> {
  const headers = { "proxy-authorization": "Basic x", "x-kept": "yes", connection: "x-hop", host: "wrong.example.com" };
  const outgoing = request({ port: proxy.port, path: url, method: body === undefined ? "GET" : "POST", headers, agent: false });
  outgoing.end(body);
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, body: text, from: response.headers["x-from"] };
}

/** The status of a tunnel, and what comes back through it. */
async function tunnel({ proxy }: Net, target: string): Promise<{ readonly status: number | undefined; readonly text: string }> {
  const outgoing = request({ port: proxy.port, method: "CONNECT", path: target, agent: false });
  outgoing.end();
  const [response, socket, head] = (await once(outgoing, "connect")) as [IncomingMessage, Socket, Buffer];
  if (response.statusCode === 200) socket.write("GET /inside HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  let text = head.toString();
  for await (const chunk of socket) text += String(chunk);
  return { status: response.statusCode, text };
}

test("BOX-12 network public: plain requests and tunnels reach public addresses, by the address that was checked", async () => {
  const world = await net();
  assert.deepEqual(await plain(world, "http://example.com/a?b=c"), { status: 200, body: "GET /a?b=c ", from: "internet" });
  assert.deepEqual(await plain(world, "http://two.example.com:8080/", "sent"), {
    status: 200,
    body: "POST / sent",
    from: "internet",
  });
  const through = await tunnel(world, "example.com:443");
  assert.equal(through.status, 200);
  assert.match(through.text, /GET \/inside/);
  assert.equal((await tunnel(world, "93.184.216.34:443")).status, 200);
  assert.deepEqual(world.dialled, ["93.184.216.34:80", "93.184.216.34:8080", "93.184.216.34:443", "93.184.216.34:443"]);
  const { headers } = world.seen[0] ?? {};
  assert.deepEqual([headers?.host, headers?.["x-kept"], headers?.["proxy-authorization"]], ["example.com", "yes", undefined]);
});

test("BOX-12 network public: this machine, private networks and metadata are refused, after names are resolved", async () => {
  const world = await net();
  for (const host of [
    "rebinding.example.com",
    "mapped.example.com",
    "metadata.example.com",
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",
    "10.1.2.3",
    "192.168.1.1",
    "172.20.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "169.254.169.254",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
  ]) {
    const { status, text } = await tunnel(world, `${host}:${world.port}`);
    assert.deepEqual([host, status], [host, 403]);
    assert.match(text, /is not on the public internet/);
    assert.equal((await plain(world, `http://${host}:${world.port}/`)).status, 403, host);
  }
  assert.match((await tunnel(world, "absent.example.com:443")).text, /was not found/);
  for (const odd of ["example.com", "user@example.com:443", "/path", "http://example.com:80/"])
    assert.equal((await tunnel(world, odd)).status, 403, odd);
  for (const odd of ["/a", "https://example.com/", "ftp://example.com/"])
    assert.equal((await plain(world, odd)).status, 403, odd);
  assert.deepEqual(world.dialled, []);
  assert.deepEqual(world.seen, []);
});

test("BOX-12 the system's own resolver cannot be talked into this machine either", async () => {
  const { port } = await internet();
  const proxy = await ForwardProxy.listen(0, { network: "public" });
  closing.push(() => proxy.close());
  for (const host of ["localhost", "2130706433", "0x7f.1", "0177.0.0.1", "localhost."]) {
    const outgoing = request({ port: proxy.port, method: "CONNECT", path: `${host}:${port}`, agent: false });
    outgoing.end();
    const [response, socket] = (await once(outgoing, "connect")) as [IncomingMessage, Socket];
    socket.destroy();
    assert.deepEqual([host, response.statusCode], [host, 403]);
  }
});

test("BOX-12 a list of hosts narrows it: names, wildcards and ports", async () => {
  const world = await net(["example.com", "*.Example.com:8080"]);
  assert.equal((await plain(world, "http://EXAMPLE.com./")).status, 403); // not resolved by the test's names, but allowed
  assert.equal((await plain(world, "http://example.com/")).status, 200);
  assert.equal((await plain(world, "http://two.example.com:8080/")).status, 200);
  assert.match((await plain(world, "http://two.example.com/")).body, /not among those that executed code may reach/);
  assert.equal((await tunnel(world, "93.184.216.34:443")).status, 403);
  assert.equal((await tunnel(world, "rebinding.example.com:8080")).status, 403);
  assert.deepEqual(world.refused.at(-1), "rebinding.example.com:8080");
  for (const [host, expected] of [
    ["pypi.org", true],
    ["evil-pypi.org", false],
    ["pypi.org.evil", false],
    ["a.b.example.com", true],
    ["example.com", false],
  ] as const)
    assert.equal(isAllowedHost(["pypi.org", "*.example.com"], { host, port: 443 }), expected, host);
});

test("BOX-12 which addresses are public", () => {
  const own = new Set(["8.8.4.4"]);
  for (const [address, expected] of [
    ["8.8.8.8", true],
    ["8.8.4.4", false],
    ["1.1.1.1", true],
    ["100.63.255.255", true],
    ["100.64.0.0", false],
    ["172.15.0.1", true],
    ["172.31.255.255", false],
    ["198.17.0.1", true],
    ["198.19.0.1", false],
    ["223.255.255.255", true],
    ["224.0.0.1", false],
    ["255.255.255.255", false],
    ["2606:4700::1111", true],
    ["2001:4860:4860::8888", true],
    ["2001:0:1::", false],
    ["2001:db8::1", false],
    ["2::1", false],
    ["::", false],
    ["fc00::1", false],
    ["ff02::1", false],
    ["::ffff:8.8.8.8", true],
    ["::ffff:10.0.0.1", false],
    ["example.com", false],
    ["", false],
  ] as const)
    assert.equal(isPublicAddress(address, own), expected, address);
});

test("BOX-12 a host that hangs up, or does not answer, is reported; closing ends everything", async () => {
  const rude = createTcpServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  await once(rude, "listening");
  closing.push(() => rude.close());
  const { port } = rude.address() as AddressInfo;
  const free = async (dial: ForwardProxyOptions["dial"]): Promise<Net> => {
    const proxy = await ForwardProxy.listen(0, {
      network: "public",
      resolve: async () => ["93.184.216.34"],
      ...(dial && { dial }),
    });
    return { proxy, port, seen: [], dialled: [], refused: [] };
  };
  const cut = await free(() => connect(port, "127.0.0.1"));
  assert.deepEqual(await plain(cut, "http://example.com/"), { status: 502, body: "The host did not answer.\n", from: undefined });
  await cut.proxy.close();
  rude.close();
  await once(rude, "close");
  const dead = await free(() => connect(port, "127.0.0.1"));
  assert.match((await plain(dead, "http://example.com/")).body, /did not answer/);
  await dead.proxy.close();
  await assert.rejects(plain(dead, "http://example.com/"), { code: "ECONNREFUSED" });
});

prepared(container);

type Reach = Pick<BubblewrapExecutorOptions, "network" | "proxy">;
const sandboxes = [
  [bubblewrap, (workDir: string, reach: Reach) => new BubblewrapCodeExecutor({ workDir, ...reach })],
  [container, (workDir: string, reach: Reach) => new DockerCommandLineCodeExecutor({ ...podman().settings, workDir, ...reach })],
] as const;

for (const [candidate, make] of sandboxes) {
  describe.skipIf(!candidate.present)(candidate.name, { timeout: 30_000 }, () => {
    test("BOX-12 code in the sandbox reaches allowed hosts through the proxy, and nothing else", async () => {
      const { port } = await internet();
      await inFolder(async (_, workDir) => {
        const proxy = { resolve: async (host: string) => NAMES[host] ?? [], dial: () => connect(port, "127.0.0.1") };
        await using executor = make(workDir, { network: "public", proxy });
        const result = await python(
          executor,
          "import socket, urllib.request, urllib.error",
          "print(urllib.request.urlopen('http://example.com/x').read().decode())",
          "for url in ('http://rebinding.example.com/', 'http://127.0.0.1.nip.io/', 'https://metadata.example.com/'):",
          "    try: urllib.request.urlopen(url, timeout=5); print('reached')",
          "    except (OSError, urllib.error.URLError) as problem: print(problem)",
          `try: socket.create_connection(('127.0.0.1', ${port}), 1); print('reached')`,
          "except OSError: print('no way')",
          "import concurrent.futures",
          "def get(n): return urllib.request.urlopen(f'http://example.com/{n}').status",
          "with concurrent.futures.ThreadPoolExecutor(8) as pool: print(sum(pool.map(get, range(24))))",
        );
        assert.equal(
          result.output,
          "GET /x \nHTTP Error 403: Forbidden\nHTTP Error 403: Forbidden\n<urlopen error Tunnel connection failed: 403 Forbidden>\nno way\n4800\n",
        );
        const denied = await python(executor, "import urllib.request", "urllib.request.urlopen('https://metadata.example.com/')");
        assert.equal(denied.wanted, "network");
        assert.match(denied.output, /This sandbox reaches the public internet only, .*open the network\.\n$/);
      });
    });

    test("BOX-12 code in the sandbox reaches the hosts of a list, and no others", async () => {
      const { port } = await internet();
      await inFolder(async (_, workDir) => {
        const proxy = { resolve: async () => ["93.184.216.34"], dial: () => connect(port, "127.0.0.1") };
        await using executor = make(workDir, { network: ["example.com", "*.example.org", "example.net:8080"], proxy });
        const result = await python(
          executor,
          "import urllib.request, urllib.error",
          "for host in ('example.com', 'a.example.org', 'example.org', 'a.example.com', 'example.net:8080', 'example.net', '93.184.216.34'):",
          "    try: print(host, urllib.request.urlopen(f'http://{host}/', timeout=5).status)",
          "    except (OSError, urllib.error.URLError) as problem: print(host, problem)",
        );
        assert.deepEqual(result.output.trim().split("\n"), [
          "example.com 200",
          "a.example.org 200",
          "example.org HTTP Error 403: Forbidden",
          "a.example.com HTTP Error 403: Forbidden",
          "example.net:8080 200",
          "example.net HTTP Error 403: Forbidden",
          "93.184.216.34 HTTP Error 403: Forbidden",
        ]);
      });
    });
  });
}

describe.skipIf(!bubblewrap.present)("bubblewrap", { timeout: 30_000 }, () => {
  test("BOX-12 without a network the model is told so in one line, once, and only when that was the reason", async () => {
    await inFolder(async (_, workDir) => {
      await using executor = new BubblewrapCodeExecutor({ workDir });
      const look = await python(executor, "import urllib.request", "urllib.request.urlopen('http://example.com/')");
      assert.equal(look.wanted, "network");
      assert.match(look.output, /URLError[^\n]*\nThis sandbox has no network: [^\n]*\n$/);
      const other = await python(executor, "raise ValueError('plain')");
      assert.equal(other.wanted, undefined);
      assert.doesNotMatch(other.output, /network/);
    });
  });
});
