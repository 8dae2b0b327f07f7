// @ts-check
// An agent reads a folder through the MCP reference server for files. The model's replies are scripted; the server is real.
import { mkdir, realpath, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { AssistantAgent, UserProxyAgent, runProgram } from "autogen-ts";
import { connectMcp } from "autogen-ts/mcp";
import { scriptedModel } from "autogen-ts/testing";

const SERVER = fileURLToPath(import.meta.resolve("@modelcontextprotocol/server-filesystem/dist/index.js"));

/** @param {string} name @param {object} args */
const call = (name, args) => ({
  tool_calls: [{ id: name, type: /** @type {const} */ ("function"), function: { name, arguments: JSON.stringify(args) } }],
});

await runProgram(async (signal) => {
  await mkdir("notes", { recursive: true });
  const folder = await realpath("notes");
  await writeFile(`${folder}/shopping.txt`, "milk\nbread\n");

  const files = await connectMcp({
    name: "files",
    command: process.execPath,
    args: [SERVER, folder],
    filter: ({ annotations }) => annotations["readOnlyHint"] === true, // no tool that writes
    pins: "mcp.lock.json", // changed tools are warned of from the second start on
    signal,
  });
  try {
    console.log(`Tools: ${files.tools.map(({ name }) => name).join(", ")}`);
    const model = scriptedModel(
      call("files__list_directory", { path: folder }),
      call("files__read_text_file", { path: `${folder}/shopping.txt` }),
      call("files__read_text_file", { path: "/etc/passwd" }),
      "You need milk and bread. The other file was refused. TERMINATE",
    );
    const assistant = new AssistantAgent({ name: "assistant", llmConfig: model.llmConfig });
    const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
    files.registerTools({ caller: assistant, executor: user });
    await user.initiateChat(assistant, { message: "What do I need to buy?", signal });
  } finally {
    await files.close();
  }
});
