/** Makes executors by name. Specification chapter 24, sections 3 and 5. */
import { isExecutorName } from "../../../code/index.js";
import type { CodeExecutor, ExecutorName } from "../../../code/index.js";
import { AutogenError } from "../../../run/index.js";
import { LocalCommandLineCodeExecutor } from "./local.js";
import type { DockerExecutorOptions, EmbeddedIPythonOptions, JupyterExecutorOptions } from "./optional/index.js";

/** An executor, or the name of one with its options under the same name. */
export type CodeExecutorConfig = Readonly<Record<string, unknown>> & { readonly executor: CodeExecutor | ExecutorName };

/** `CodeExecutorFactory.create({ executor: "docker", docker: { image: "python:3-slim" } })`. */
export const CodeExecutorFactory: { readonly create: (config: CodeExecutorConfig) => Promise<CodeExecutor> } = {
  /** @throws AutogenError `invalid-option` for an unknown name, or options that the executor refuses */
  async create(config) {
    const { executor } = config;
    if (typeof executor === "object" && executor !== null && "executeCodeBlocks" in executor) return executor;
    if (!isExecutorName(executor)) throw new AutogenError("invalid-option", `Unknown code executor ${String(executor)}`);
    return makeExecutor(executor, optionsUnder(config, executor));
  },
};

function optionsUnder(config: CodeExecutorConfig, name: ExecutorName): Readonly<Record<string, unknown>> {
  const options = config[name];
  if (options === undefined) return {};
  if (typeof options === "object" && options !== null) return options as Readonly<Record<string, unknown>>;
  throw new AutogenError(
    "invalid-option",
    `\`${name}\` is ${JSON.stringify(options)}. Pass an object with the executor's options.`,
  );
}

/** What is not a program of this machine is loaded only now. The classes check what they are given. */
export async function makeExecutor(name: ExecutorName, options: Readonly<Record<string, unknown>>): Promise<CodeExecutor> {
  switch (name) {
    case "commandline-local":
      return new LocalCommandLineCodeExecutor(options);
    case "docker": {
      const { DockerCommandLineCodeExecutor } = await import("./optional/index.js");
      return new DockerCommandLineCodeExecutor(options satisfies DockerExecutorOptions);
    }
    case "ipython-embedded": {
      const { EmbeddedIPythonCodeExecutor } = await import("./optional/index.js");
      return new EmbeddedIPythonCodeExecutor(options satisfies EmbeddedIPythonOptions);
    }
    default: {
      const { JupyterCodeExecutor } = await import("./optional/index.js");
      if (typeof options["jupyterServer"] !== "object" || options["jupyterServer"] === null) {
        throw new AutogenError(
          "invalid-option",
          "The executor `jupyter` needs `jupyter: { jupyterServer }`: where the server is.",
        );
      }
      return new JupyterCodeExecutor(options as unknown as JupyterExecutorOptions); // checked above as far as it must be there
    }
  }
}
