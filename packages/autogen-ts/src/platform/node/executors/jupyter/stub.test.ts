/** What a real Jupyter server cannot show on demand: odd messages, connections that break, answers that are none. EXE-18. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, test } from "vitest";
import { python } from "../../../../../test/executors.js";
import { jupyterStub } from "../../../../../test/jupyter-stub.js";
import type { JupyterBehaviour, StubCell } from "../../../../../test/jupyter-stub.js";
import { JupyterCodeExecutor } from "../optional/index.js";
import type { JupyterExecutorOptions } from "../optional/index.js";

async function stubbed(behaviour: JupyterBehaviour, options: Partial<JupyterExecutorOptions> = {}) {
  const stub = await jupyterStub(behaviour);
  const outputDir = mkdtempSync(join(tmpdir(), "jupyter-stub-"));
  const jupyterServer = { host: "127.0.0.1", port: stub.port, token: "secret-token" };
  const executor = new JupyterCodeExecutor({ jupyterServer, outputDir, timeoutSeconds: 20, ...options });
  onTestFinished(async () => {
    await executor.stop();
    await stub.stop();
    rmSync(outputDir, { recursive: true, force: true });
  });
  return { stub, executor };
}

/** A kernel that does something else with each cell. */
function inTurn(...turns: readonly ((cell: StubCell) => void)[]): (cell: StubCell) => void {
  let turn = 0;
  return (cell) => turns[turn++]?.(cell);
}

const works = (cell: StubCell): void => {
  cell.say("stream", { name: "stdout", text: "works\n" });
  cell.idle();
};

test("EXE-18 text, results and errors; the token goes in a header, cookies come back, the kernel is deleted once", async () => {
  const { stub, executor } = await stubbed({
    onCell: inTurn(
      (cell) => {
        cell.say("status", { execution_state: "busy" });
        cell.say("stream", { name: "stdout", text: ["one\n", "two\n"] });
        cell.say("execute_result", { data: { "text/plain": "42" } });
        cell.idle();
      },
      (cell) => {
        cell.say("error", { ename: "ValueError", evalue: "no", traceback: ["\u001B[31mline 1\u001B[0m", "line 2"] });
        cell.idle();
      },
    ),
    instead: {
      "GET /api/kernelspecs": (answer) =>
        answer(200, '{"kernelspecs":{"python3":{}}}', { "set-cookie": "_xsrf=abc; Path=/; HttpOnly" }),
    },
  });
  assert.equal((await python(executor, "1")).output, "one\ntwo\n\n42");
  const failed = await python(executor, "2");
  assert.deepEqual([failed.exitCode, failed.output], [1, "ERROR: ValueError: no\nline 1\nline 2"]);
  await executor.stop();
  await executor.stop();
  assert.deepEqual([stub.started, stub.kernels.size], [["python3"], 0]);
  assert.equal(stub.asked.filter((line) => line.startsWith("DELETE")).length, 1);
  assert.ok(stub.headers.every(({ authorization }) => authorization === "token secret-token"));
  assert.ok(stub.asked.every((line) => !line.includes("secret-token")));
  assert.ok(stub.headers.slice(1).every((headers) => headers.cookie === "_xsrf=abc" && headers["x-xsrftoken"] === "abc"));
});

test("EXE-18 messages about other requests, of no known kind, and what is no message at all are left alone", async () => {
  const { executor } = await stubbed({
    onCell: (cell) => {
      cell.sayElsewhere("stream", { name: "stdout", text: "of another client" }, "another-request");
      cell.sayElsewhere("status", { execution_state: "idle" }, "another-request");
      cell.sayElsewhere("status", { execution_state: "idle" });
      for (const text of ["", "no JSON", "null", "[]", "7", '{"header":{}}', '{"header":{"msg_type":7},"content":null}'])
        cell.socket.send(text);
      cell.socket.send(Buffer.from([0, 255, 1]));
      cell.say("comm_open", { comm_id: "1", data: { a: 1 } });
      cell.say("stream", { name: "stdout" });
      cell.say("stream", { name: 7, text: { odd: true } });
      cell.say("display_data", { data: null });
      cell.say("execute_result", {});
      cell.say("error", { ename: 1, traceback: "text" });
      cell.idle();
    },
  });
  const result = await python(executor, "1");
  assert.equal(result.exitCode, 1);
  assert.doesNotMatch(result.output, /another/);
  assert.match(result.output, /^ERROR: 1: /m);
});

test("EXE-18 pictures of other kinds and pages are saved as files; what cannot be saved is said", async () => {
  const { executor } = await stubbed({
    onCell: (cell) => {
      cell.say("display_data", { data: { "image/jpeg": "anBlZw==", "text/plain": "<Figure>" } });
      cell.say("display_data", { data: { "image/x-strange": "eA==" } });
      cell.say("display_data", { data: { "text/html": ["<b>", "1</b>"] } });
      cell.idle();
    },
  });
  const { exitCode, output, outputFiles = [] } = await python(executor, "1");
  const [jpeg = "", html = ""] = outputFiles;
  assert.deepEqual(
    [exitCode, output.split("\n")],
    [
      0,
      [
        `Image data saved to ${jpeg}`,
        "Data of the type image/x-strange was shown, which cannot be saved.",
        `HTML data saved to ${html}`,
      ],
    ],
  );
  assert.deepEqual([readFileSync(jpeg, "utf8"), readFileSync(html, "utf8")], ["jpeg", "<b>1</b>"]);
  assert.match(jpeg, /[0-9a-f]{32}\.jpg$/);
});

test("EXE-18 a connection that is lost in a cell is told, and the next block gets a new kernel", async () => {
  const { stub, executor } = await stubbed({
    onCell: inTurn((cell) => {
      cell.say("stream", { name: "stdout", text: "so far\n" });
      cell.socket.terminate();
    }, works),
  });
  const lost = await python(executor, "1");
  assert.deepEqual([lost.exitCode, lost.output.split("\n\n")[0]], [1, "so far"]);
  assert.match(lost.output, /ERROR: The kernel died/);
  assert.equal((await python(executor, "2")).output, "works\n");
  assert.equal(stub.started.length, 2);
  assert.equal(stub.kernels.size, 1);
});

test("EXE-18 a connection that is lost between blocks is found out by the next one", async () => {
  let last: StubCell | undefined;
  const { stub, executor } = await stubbed({
    onCell: (cell) => {
      last = cell;
      works(cell);
    },
  });
  await python(executor, "1");
  const gone = new Promise((resolve) => last?.socket.once("close", resolve));
  last?.socket.terminate();
  await gone;
  await new Promise(setImmediate);
  const { output } = await python(executor, "2");
  assert.match(output, /^works\n$|^ERROR: The kernel died/); // the news may still be under way
  assert.equal((await python(executor, "3")).output, "works\n");
  assert.equal(stub.kernels.size, 1);
});

for (const state of ["dead", "restarting", "autorestarting"] as const) {
  test(`EXE-18 a kernel that is ${state} loses the cell, whether the message is about it or not`, async () => {
    const { stub, executor } = await stubbed({
      onCell: inTurn(
        (cell) => cell.say("status", { execution_state: state }),
        (cell) => cell.sayElsewhere("status", { execution_state: state }),
        works,
      ),
    });
    for (const code of ["1", "2"]) assert.match((await python(executor, code)).output, /^ERROR: The kernel died/);
    assert.equal((await python(executor, "3")).output, "works\n");
    assert.equal(stub.started.length, 3);
  });
}

test("EXE-18 a cell that does not stop loses its kernel; an abort is no result", async () => {
  const { stub, executor } = await stubbed({ onCell: () => {} }, { timeoutSeconds: 1 });
  const late = await python(executor, "1");
  assert.match(late.output, /^ERROR: Timeout waiting for output from code block\. The kernel had to be replaced/);
  assert.ok(stub.asked.some((line) => /^POST \/api\/kernels\/[\w-]+\/interrupt$/.test(line)));
  assert.equal(stub.kernels.size, 0);
  const controller = new AbortController();
  const running = executor.executeCodeBlocks([{ language: "python", code: "2" }], { signal: controller.signal });
  setImmediate(() => controller.abort());
  await assert.rejects(running, { code: "aborted" });
});

test("EXE-18 a kernel that is slow to answer is asked again; one that refuses connections is deleted", async () => {
  const slow = await stubbed({ onCell: works, deafTo: 1 });
  assert.equal((await python(slow.executor, "1")).output, "works\n");
  const closed = await stubbed({ onCell: works, refuseChannels: true });
  await assert.rejects(python(closed.executor, "1"), { code: "executor-failed", message: /connection could not be opened/ });
  assert.equal(closed.stub.kernels.size, 0);
});

test("EXE-18 answers that are none are errors without the token, and the next block tries again", async () => {
  const wrong: JupyterBehaviour["instead"] = {
    "GET /api/kernelspecs": (answer) => answer(200, "<html>", { "content-type": "text/html" }),
  };
  const page = await stubbed({ onCell: works, instead: wrong });
  await assert.rejects(python(page.executor, "1"), { code: "executor-failed", message: /something else than JSON/ });
  assert.equal((await python(page.executor, "1")).output, "works\n");

  const nameless = await stubbed({ onCell: works, instead: { "POST /api/kernels": (answer) => answer(201, '{"id":"../x"}') } });
  await assert.rejects(python(nameless.executor, "1"), { message: /started a kernel but did not say which/ });

  const full = await stubbed({
    onCell: works,
    instead: { "POST /api/kernels": (answer) => answer(503, '{"message":"too many kernels"}') },
  });
  await assert.rejects(python(full.executor, "1"), (error: Error) => {
    assert.match(error.message, /refused `POST \/api\/kernels` \(status 503\): too many kernels/);
    return !error.message.includes("secret-token");
  });

  const elsewhere = await jupyterStub({ onCell: works });
  const redirect = { location: `http://127.0.0.1:${elsewhere.port}/api/kernelspecs` };
  const away = await stubbed({ onCell: works, instead: { "GET /api/kernelspecs": (answer) => answer(302, "", redirect) } });
  await python(away.executor, "1");
  assert.deepEqual(elsewhere.asked, []); // the token is for the first server only
  await elsewhere.stop();
});

test("EXE-18 restart gives a new kernel, and a server that is gone is said to be", async () => {
  const { stub, executor } = await stubbed({ onCell: works });
  await python(executor, "1");
  const [first] = stub.kernels;
  await executor.restart();
  await python(executor, "2");
  assert.ok(first !== undefined && !stub.kernels.has(first));
  assert.equal(stub.started.length, 2);
  await executor.restart();
  await stub.stop();
  await assert.rejects(python(executor, "3"), { code: "executor-failed", message: /does not answer/ });
});
