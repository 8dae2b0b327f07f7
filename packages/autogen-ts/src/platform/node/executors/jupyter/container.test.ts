/** Jupyter in a container, on a real engine. EXE-18. */
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { once } from "node:events";
import { afterAll, beforeAll, describe, test } from "vitest";
import { hasComponents } from "../../../../../test/components.js";
import { inFolder, python } from "../../../../../test/executors.js";
import { startPodman } from "../../../../../test/podman.js";
import type { Podman } from "../../../../../test/podman.js";
import { DockerJupyterServer, JupyterCodeExecutor } from "../optional/index.js";

describe.skipIf(!hasComponents("podman", "jupyter-server"))("Jupyter in a container", { timeout: 120_000 }, () => {
  let podman: Podman;
  let image: string;
  beforeAll(async () => {
    podman = await startPodman();
    image = await podman.makeImage("localhost/autogen-test:jupyter", [
      "python3",
      "bash",
      "dash",
      "coreutils",
      "jupyter-server",
      "python3-ipykernel",
    ]);
  }, 120_000);
  afterAll(async () => podman.stop(), 60_000);

  test("EXE-18 state stays, the machine cannot be reached, a limit interrupts, and the container ends with the server", async () => {
    const listener = createServer((socket) => void socket.destroy()).listen(0, "127.0.0.1");
    await once(listener, "listening");
    let connections = 0;
    listener.on("connection", () => connections++);
    const address = listener.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await inFolder(async (folder) => {
      const server = new DockerJupyterServer({ engine: podman.settings.engine, pull: "never", image });
      const executor = new JupyterCodeExecutor({ jupyterServer: server, outputDir: folder, timeoutSeconds: 5 });
      try {
        assert.equal(executor.isolated, true);
        assert.equal((await python(executor, "x = 42")).exitCode, 0);
        const tried = await python(
          executor,
          "import os, socket",
          `try: socket.create_connection(('127.0.0.1', ${port}), 1)`,
          "except OSError: print('refused')",
          "print(x, os.path.exists('/root/.bashrc'), os.getuid() == 0)",
        );
        assert.equal(tried.output, "refused\n42 False False\n");
        assert.equal(connections, 0);
        const late = await python(executor, "import time", "time.sleep(60)");
        assert.equal(late.output, "ERROR: Timeout waiting for output from code block.");
        assert.equal((await python(executor, "x")).output, "42");
        const shown = await python(
          executor,
          "from IPython.display import display, SVG",
          "display(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'))",
        );
        assert.equal(shown.outputFiles?.length, 1);
        await executor.stop();
      } finally {
        await server.stop();
        await server.stop();
        listener.close();
      }
      assert.equal(await podman.command("ps", "--all", "--quiet"), "");
    });
  });

  test("an image without Jupyter is told what it needs", async () => {
    await using server = new DockerJupyterServer({ ...podman.settings });
    await assert.rejects(server.connectionInfo(), {
      code: "executor-failed",
      message: /needs `python3` with the packages `jupyter_server`/,
    });
  });
});
