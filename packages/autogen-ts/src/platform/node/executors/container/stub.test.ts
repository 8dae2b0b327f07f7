/** What real Podman cannot show on demand: Docker's answers, pulls, refusals. EXE-17. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { engineStub, frame } from "../../../../../test/engine-stub.js";
import type { StubAnswers } from "../../../../../test/engine-stub.js";
import { DockerCommandLineCodeExecutor } from "../optional/index.js";
import type { DockerExecutorOptions, PullProgress } from "../optional/index.js";
import { engineAddresses, parseAddress } from "./engine-address.js";
import { FrameReader } from "./frames.js";

async function stubbed(options: DockerExecutorOptions = {}, answers?: StubAnswers) {
  const stub = await engineStub(answers);
  const folder = mkdtempSync(join(tmpdir(), "docker-stub-"));
  const executor = new DockerCommandLineCodeExecutor({ engine: stub.address, workDir: folder, ...options });
  onTestFinished(async () => {
    await executor.stop().catch(() => {});
    await stub.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return { stub, folder, executor };
}

const run = (executor: DockerCommandLineCodeExecutor, onOutput?: (text: string) => void) =>
  executor.executeCodeBlocks([{ language: "py", code: "print(1)" }], onOutput === undefined ? {} : { onOutput });

test("EXE-17 the container can do little: no network, no rights, limits, read-only root, one folder, this user", async () => {
  const { stub, executor } = await stubbed({ containerName: "mine", user: "1000:1000", bindDir: "/host/work", env: { A: "b" } });
  const result = await run(executor);
  assert.deepEqual([result.exitCode, result.output, result.executor], [0, "out\nerr\n", "container"]);
  assert.ok(stub.asked.includes("POST /containers/create?name=mine"));
  const request = stub.bodies.get("POST /containers/create") as Record<string, unknown>;
  expect(request).toMatchObject({
    Image: "python:3-slim",
    User: "1000:1000",
    WorkingDir: "/workspace",
    Env: ["HOME=/workspace", "LANG=C.UTF-8", "PYTHONIOENCODING=utf-8", "PYTHONUTF8=1", "PYTHONUNBUFFERED=1", "A=b"],
    OpenStdin: true,
    StdinOnce: true,
    HostConfig: {
      AutoRemove: true,
      NetworkMode: "none",
      Memory: 536_870_912,
      MemorySwap: 536_870_912,
      NanoCpus: 1_000_000_000,
      PidsLimit: 64,
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      Tmpfs: { "/tmp": "rw,nosuid,nodev,mode=1777,size=67108864" },
      Mounts: [{ Type: "bind", Source: "/host/work", Target: "/workspace", ReadOnly: false }],
    },
  });
});

test("EXE-17 network, volumes, hosts and limits on request; the machine's own network and engine never", async () => {
  const { stub, executor } = await stubbed({
    network: true,
    volumes: [{ source: "/data", target: "/data" }],
    extraHosts: { db: "10.0.0.2" },
    limits: { cpus: 2.5, processes: 10 },
    user: "1000:1000",
    bindDir: "/w",
  });
  await run(executor);
  const { HostConfig } = stub.bodies.get("POST /containers/create") as { HostConfig: Record<string, unknown> };
  expect(HostConfig).toMatchObject({
    NetworkMode: "bridge",
    NanoCpus: 2_500_000_000,
    PidsLimit: 10,
    ExtraHosts: ["db:10.0.0.2"],
  });
  assert.deepEqual((HostConfig["Mounts"] as unknown[])[1], { Type: "bind", Source: "/data", Target: "/data", ReadOnly: true });
  for (const network of ["host", "container:other", "ns:/proc/1/ns/net"])
    assert.throws(() => new DockerCommandLineCodeExecutor({ network }), { code: "invalid-option" });
  const risky = await stubbed({ volumes: [{ source: "/var/run/docker.sock", target: "/s" }], bindDir: "/w" });
  await assert.rejects(run(risky.executor), { code: "invalid-option", message: /owns the machine/ });
});

test("EXE-17 an absent image is pulled, with progress, and the chat is told once", async () => {
  let pulled = false;
  const { stub, executor } = await stubbed(
    { image: "host:5000/team/py:3", onPull: (progress) => void seen.push(progress) },
    (asked) => {
      if (asked === "GET /images/host:5000/team/py:3/json") return { status: pulled ? 200 : 404, body: {} };
      if (asked !== "POST /images/create") return undefined;
      return (response) => {
        pulled = true;
        response.write('{"status":"Pulling from team/py","id":"3"}\n{"status":"Downloading","id":"a1","progressDetail":{"cur');
        response.end('rent":5,"total":10}}\n{"status":"Status: Downloaded"}\n');
      };
    },
  );
  const seen: PullProgress[] = [];
  const said: string[] = [];
  assert.equal((await run(executor, (text) => void said.push(text))).exitCode, 0);
  assert.ok(stub.asked.includes("POST /images/create?fromImage=host%3A5000%2Fteam%2Fpy&tag=3"));
  assert.deepEqual(seen[1], { image: "host:5000/team/py:3", layer: "a1", status: "Downloading", current: 5, total: 10 });
  assert.deepEqual(said, ["Pulling the image `host:5000/team/py:3` ...\n", "out\n", "err\n"]);
  await run(executor);
  assert.equal(stub.asked.filter((line) => line.includes("/images/create")).length, 1);
});

test("EXE-17 a pull that fails says why; `pull: never` does not try", async () => {
  const absent: StubAnswers = (asked) => {
    if (asked.startsWith("GET /images/")) return { status: 404, body: { message: "No such image" } };
    if (asked !== "POST /images/create") return undefined;
    return (response) => response.end('{"errorDetail":{"message":"denied"},"error":"pull access denied"}\n');
  };
  const { executor } = await stubbed({}, absent);
  await assert.rejects(run(executor), {
    code: "executor-failed",
    message: /`python:3-slim` could not be pulled: pull access denied/,
  });
  const never = await stubbed({ pull: "never" }, absent);
  await assert.rejects(run(never.executor), { code: "executor-failed", message: /not on this machine/ });
  assert.equal(
    never.stub.asked.some((line) => line.startsWith("POST /images")),
    false,
  );
});

test("EXE-17 an abort during a pull ends it", async () => {
  const controller = new AbortController();
  const { executor } = await stubbed({}, (asked) => {
    if (asked.startsWith("GET /images/")) return { status: 404, body: {} };
    if (asked !== "POST /images/create") return undefined;
    return (response) => {
      response.write('{"status":"Downloading"}\n');
      controller.abort(new Error("enough"));
    };
  });
  await assert.rejects(executor.executeCodeBlocks([{ language: "sh", code: "true" }], { signal: controller.signal }), {
    code: "aborted",
  });
});

test("EXE-17 a program that could not be started is tried once more in a new container; output that says so is output", async () => {
  const words = "OCI runtime exec failed: exec failed: unable to start container process: fork: resource unavailable\n";
  const engine = (exitCodes: number[]): StubAnswers => {
    const codes = [...exitCodes];
    return (asked) => {
      if (asked === "GET /exec/e1/json") return { status: 200, body: { Running: false, ExitCode: codes.shift() ?? 0 } };
      if (asked !== "POST /exec/e1/start" || codes.length < exitCodes.length) return undefined;
      return (response) => response.writeHead(200).end(frame(1, words));
    };
  };
  const started = ({ asked }: { readonly asked: readonly string[] }) =>
    asked.filter((line) => line.startsWith("POST /containers/create")).length;
  const once = await stubbed({ user: "1000:1000", bindDir: "/w" }, engine([126, 0]));
  assert.deepEqual([(await run(once.executor)).output, started(once.stub)], ["out\nerr\n", 2]);
  const said = await stubbed({ user: "1000:1000", bindDir: "/w" }, engine([0]));
  assert.deepEqual([(await run(said.executor)).output, started(said.stub)], [words, 1]);
});

test("EXE-17 a container that is kept has no connection of ours, and is found again when it was made from the same", async () => {
  const labels: Record<string, unknown>[] = [];
  const { stub, executor } = await stubbed({ containerName: "kept", stopContainer: false, user: "1:1", bindDir: "/w" });
  await run(executor);
  await executor.stop();
  assert.equal(
    stub.asked.some((line) => line.includes("/attach") || line.startsWith("DELETE") || line.includes("/kill")),
    false,
  );
  const { Labels } = stub.bodies.get("POST /containers/create") as { Labels: Record<string, unknown> };
  labels.push(Labels);
  const again = (image: string) =>
    stubbed({ containerName: "kept", stopContainer: false, user: "1:1", bindDir: "/w", image }, (asked) => {
      if (asked === "POST /containers/create") return { status: 409, body: { message: "name in use" } };
      if (asked !== "GET /containers/kept/json") return undefined;
      return {
        status: 200,
        body: { Id: "c1", State: { Status: "running" }, Config: { Labels: labels[0] }, NetworkSettings: {} },
      };
    });
  assert.equal((await run((await again("python:3-slim")).executor)).exitCode, 0);
  await assert.rejects(run((await again("another")).executor), {
    code: "executor-failed",
    message: /a container `kept` already/,
  });
});

test("EXE-17 no engine, no permission, no answer: what to do is said, and a later try finds an engine", async () => {
  const folder = mkdtempSync(join(tmpdir(), "no-engine-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const absent = new DockerCommandLineCodeExecutor({ engine: join(folder, "none.sock"), workDir: folder });
  await assert.rejects(run(absent), { code: "executor-failed", message: /there is no socket.*`DOCKER_HOST`/ });
  const refusing = createServer((_, response) => void response.writeHead(500).end('{"message":"on fire"}')).listen(
    join(folder, "s.sock"),
  );
  onTestFinished(() => void refusing.close());
  const failing = new DockerCommandLineCodeExecutor({ engine: join(folder, "s.sock"), workDir: folder });
  await assert.rejects(run(failing), { code: "executor-failed", message: /on fire \(status 500\)/ });
});

test("addresses of engines: what was said, the context, the usual sockets", async () => {
  const around = (env: Record<string, string>, exists: (path: string) => boolean = () => false) =>
    ({ env, home: "/home/me", platform: "linux", exists }) as const;
  assert.deepEqual(await engineAddresses(undefined, around({ DOCKER_HOST: "unix:///x.sock" })), [
    { kind: "socket", path: "/x.sock" },
  ]);
  assert.deepEqual(
    await engineAddresses(
      undefined,
      around({ XDG_RUNTIME_DIR: "/run/user/1" }, (path) => path.includes("podman")),
    ),
    [
      { kind: "socket", path: "/run/user/1/podman/podman.sock" },
      { kind: "socket", path: "/run/podman/podman.sock" },
    ],
  );
  assert.deepEqual(parseAddress("tcp://10.0.0.1", {}), { kind: "tcp", host: "10.0.0.1", port: 2375, certificates: null });
  assert.deepEqual(parseAddress("tcp://h:9", { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/c" }), {
    kind: "tcp",
    host: "h",
    port: 9,
    certificates: "/c",
  });
  assert.deepEqual(parseAddress("npipe:////./pipe/docker_engine", {}), { kind: "socket", path: "\\\\.\\pipe\\docker_engine" });
  assert.throws(() => parseAddress("ssh://me@host", {}), { code: "invalid-option", message: /ssh -NL/ });
});

test("frames cut at any place give the same bytes", () => {
  const frames = Buffer.from([1, 0, 0, 0, 0, 0, 0, 2, 65, 66, 2, 0, 0, 0, 0, 0, 0, 1, 67, 1, 0, 0, 0, 0, 0, 0, 0]);
  for (let cut = 0; cut <= frames.length; cut++) {
    let seen = "";
    const reader = new FrameReader((bytes, stream) => (seen += `${stream}:${bytes.toString()} `));
    reader.add(frames.subarray(0, cut));
    reader.add(frames.subarray(cut));
    assert.equal(seen.replace("A stdout:B", "AB"), "stdout:AB stderr:C ", String(cut));
  }
});
