/**
 * Two cells of a notebook that share a variable, in a chat: by a Jupyter kernel in a container, by one on this machine if
 * you say so with `--unconfined`, or, where Jupyter is not there, by files in a container. Replies are written by hand: no
 * model is needed. `IMAGE` names an image that is on this machine.
 */
import { contentText, ConversableAgent, isAutogenError, UserProxyAgent } from "autogen-ts";
import {
  DockerCommandLineCodeExecutor,
  DockerJupyterServer,
  EmbeddedIPythonCodeExecutor,
  JupyterCodeExecutor,
} from "autogen-ts/executors";

const CELLS = [
  "```python\nsquares = [n * n for n in range(1, 11)]\nopen('squares.txt', 'w').write(str(squares))\nprint(len(squares), 'squares')\n```",
  "```python\nprint(sum(eval(open('squares.txt').read())))\n```",
];

/** @typedef {{ name: string, make: () => import("autogen-ts").CodeExecutor, server?: DockerJupyterServer }} Way */

/** @returns {Way[]} the ways to try, best first */
function ways() {
  const image = process.env["IMAGE"];
  /** @type {{ image?: string, pull: "never" }} */
  const settings = { pull: "never", ...(image === undefined ? {} : { image }) };
  const server = new DockerJupyterServer(settings);
  /** @type {Way[]} */
  const confined = [
    { name: "a Jupyter kernel in a container", make: () => new JupyterCodeExecutor({ jupyterServer: server }), server },
    { name: "a container", make: () => new DockerCommandLineCodeExecutor(settings) },
  ];
  const unconfined = { name: "a Jupyter kernel on this machine", make: () => new EmbeddedIPythonCodeExecutor() };
  return process.argv.includes("--unconfined") ? [unconfined] : confined;
}

/** @param {Way} way @returns {Promise<string | undefined>} why it does not work here */
async function chatBy({ name, make, server }) {
  const executor = make();
  try {
    await executor.executeCodeBlocks([{ language: "python", code: "pass" }]);
    process.stdout.write(`Code runs in ${name}.\n`);
    const cells = CELLS.values();
    const assistant = new ConversableAgent({
      name: "assistant",
      llmConfig: false,
      humanInputMode: "NEVER",
      codeExecutionConfig: false,
    });
    assistant.registerReply([() => true], async () => [true, cells.next().value ?? "TERMINATE"]);
    const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: { executor } });
    const result = await user.initiateChat(assistant, { message: "Add up the first ten squares.", silent: true });
    for (const { content } of result.chatHistory) process.stdout.write(`${contentText(content ?? "")}\n\n`);
    return undefined;
  } catch (error) {
    if (isAutogenError(error)) return error.message;
    throw error;
  } finally {
    await executor.stop?.();
    await server?.stop();
  }
}

for (const way of ways()) {
  const problem = await chatBy(way);
  if (problem === undefined) process.exit(0);
  process.stdout.write(`Not by ${way.name}: ${problem}\n`);
}
process.stdout.write(
  "Nothing was run. Start Docker or Podman with an image that has Python, and name it: IMAGE=python:3-slim node main.js\n",
);
