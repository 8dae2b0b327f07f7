/** A Python kernel of one's own on this machine, unconfined. Specification chapter 24, section 9. */
import { JupyterCodeExecutor } from "./executor.js";
import type { JupyterExecutorOptions } from "./executor.js";
import { LocalJupyterServer } from "./local-server.js";
import type { LocalJupyterServerOptions } from "./local-server.js";

/** Settings of the kernel and its server. */
export interface EmbeddedIPythonOptions
  extends
    Omit<JupyterExecutorOptions, "jupyterServer" | "kernelPath">,
    Pick<LocalJupyterServerOptions, "python" | "env" | "shared"> {}

/** As `JupyterCodeExecutor`, with a server that comes and goes with it. The kernel works in the output folder. */
export class EmbeddedIPythonCodeExecutor extends JupyterCodeExecutor {
  override readonly name: string = "ipython-embedded";
  readonly #server: LocalJupyterServer;

  /** @throws AutogenError `invalid-option` for a time limit under a second */
  constructor({ python, env, shared, ...options }: EmbeddedIPythonOptions = {}) {
    const server = new LocalJupyterServer({
      workDir: options.outputDir ?? ".",
      ...(python === undefined ? {} : { python }),
      ...(env === undefined ? {} : { env }),
      ...(shared === undefined ? {} : { shared }),
    });
    super({ ...options, jupyterServer: server });
    this.#server = server;
  }

  override async stop(): Promise<void> {
    await super.stop();
    await this.#server.stop();
  }
}
