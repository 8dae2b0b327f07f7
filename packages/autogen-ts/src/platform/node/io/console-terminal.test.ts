import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { describe, test } from "vitest";
import { hasComponent } from "../../../../test/components.js";
import { program, start, type Running } from "../../../../test/programs.js";
import { PASTE_MARKS_OFF, PASTE_MARKS_ON } from "./paste-splitter.js";

const HEAD = `
import { consoleStream } from "./platform/node/io/console-stream.ts";
const stream = consoleStream();
const ask = async (prompt, options) => {
  try {
    stream.print("=" + JSON.stringify(await stream.input(prompt, options)));
  } catch (error) {
    stream.print("!" + error.code);
  }
};
`;
const UP = "\u001B[A";
const LEFT = "\u001B[D";
const CTRL_A = "\u0001";
const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const pasted = (text: string): string => `\u001B[200~${text}\u001B[201~`;

/** Lets `play` type into the program on a terminal; gives what the screen got. */
async function onTerminal(
  source: string,
  play: (running: Running) => Promise<void>,
): Promise<Running & { readonly code: number | null }> {
  await using typing = await program(HEAD + source);
  const running = start(typing, { onTerminal: true });
  await play(running);
  const code = await running.ended;
  assert.deepEqual(JSON.parse(running.stderr), { echo: true, lines: true }, "the terminal is as it was before");
  assert.ok(running.stdout.lastIndexOf(PASTE_MARKS_ON) <= running.stdout.lastIndexOf(PASTE_MARKS_OFF));
  return { ...running, stdout: running.stdout, code };
}

describe.skipIf(!hasComponent("python3"))("a terminal", () => {
  test("answers can be edited, and earlier ones come back", async () => {
    await onTerminal(`await ask("1? "); await ask("2? ");`, async ({ type, until }) => {
      await until("1? ");
      type(`helo${LEFT}l${CTRL_A}> \r`);
      await until('="> hello"');
      await until("2? ");
      type(`${UP}!\r`);
      await until('="> hello!"');
    });
  });

  test("several pasted lines are one answer, edited at its end", async () => {
    await onTerminal(`await ask("Code? "); await ask("Next? ");`, async ({ type, until }) => {
      await until("Code? ");
      type(`# ${pasted("one\r\ttwo\u0007\r\n\nfour\r")}!`);
      await until("four!");
      type("\r");
      await until(String.raw`="# one\n\ttwo\n\nfour!"`);
      await until("Next? ");
      type("\r");
      await until('=""');
    });
  });

  test("a paste that comes in pieces is still one answer, and a long line is no slow one", async () => {
    const line = "x".repeat(50_000);
    await onTerminal(`await ask("? "); `, async ({ type, until, child }) => {
      await until("? ");
      const bytes = Buffer.from(pasted(`${line}\n${line}`));
      for (let at = 0; at < bytes.length; at += 1000) {
        type(bytes.subarray(at, at + 1000));
        await new Promise<void>((resolve) => (child.stdin.writableNeedDrain ? child.stdin.once("drain", resolve) : resolve()));
      }
      type("\r");
      await until('="x');
      await until(String.raw`x\nx`);
      await until('x"');
    });
  });

  test("lines that were typed before they were asked for are kept", async () => {
    await onTerminal(`await ask("1? "); await ask("2? "); await ask("3? ");`, async ({ type, until }) => {
      await until("1? ");
      type("one\rtwo\rthr");
      await until('="one"');
      await until('="two"');
      await until("3? ");
      type("ee\r");
      await until('="three"');
    });
  });

  test("IO-06 a password is not shown and not remembered", async () => {
    const { stdout } = await onTerminal(`await ask("", { password: true }); await ask("Name? ");`, async ({ type, until }) => {
      await until("Password: ");
      type("s3cret\r");
      await until('="s3cret"');
      await until("Name? ");
      type(`${UP}me\r`);
      await until('="me"');
    });
    assert.equal(stdout.split("s3cret").length, 2, "only where the program prints it");
  });

  test("IO-06 a password is read from the terminal also when the output goes elsewhere", async () => {
    // The program of the test starts itself again with its output in a pipe, and shows what came out.
    const twice = `
      import { spawn } from "node:child_process";
      if (process.argv[2] === "inner") await ask("PIN: ", { password: true });
      else {
        const inner = spawn(process.execPath, [process.argv[1], "inner"], { stdio: ["inherit", "pipe", "inherit"] });
        let out = "";
        inner.stdout.on("data", (bytes) => {
          out += bytes;
          if (String(bytes).includes("PIN")) stream.print("ready");
        });
        inner.on("close", () => stream.print(JSON.stringify(out)));
      }
    `;
    const { stdout } = await onTerminal(twice, async ({ type, until }) => {
      await until("ready");
      type("1234\r");
    });
    assert.ok(stdout.endsWith(`${JSON.stringify('PIN: \n="1234"\n')}\r\n`), stdout);
  });

  test("IO-07 Ctrl-D closes the input; a later question may still be answered", async () => {
    await onTerminal(`await ask("1? "); await ask("2? ");`, async ({ type, until }) => {
      await until("1? ");
      type(CTRL_D);
      await until("!input-closed");
      await until("2? ");
      type("here\r");
      await until('="here"');
    });
  });

  test("Ctrl-C is the process's SIGINT: a listener decides", async () => {
    const stopping = `
      const stop = new AbortController();
      process.once("SIGINT", () => stop.abort());
      await ask("1? ", { signal: stop.signal });
      process.exitCode = 130;
    `;
    const { code } = await onTerminal(stopping, async ({ type, until }) => {
      await until("1? ");
      type(`half${CTRL_C}`);
      await until("!aborted");
    });
    assert.equal(code, 130);
  });

  test("Ctrl-C ends a chat that asks, and its program says what was done", async () => {
    const chatting = `
      import { AssistantAgent, runProgram, UserProxyAgent } from "./index.ts";
      import { scriptedModel } from "./features/testing/index.ts";
      const bot = new AssistantAgent({ name: "bot", llmConfig: scriptedModel("hello").llmConfig });
      const user = new UserProxyAgent({ name: "user", humanInputMode: "ALWAYS", codeExecutionConfig: false });
      await runProgram(async (signal) => void (await user.initiateChat(bot, { message: "hi", signal })));
    `;
    const { code, stdout } = await onTerminal(chatting, async ({ type, until }) => {
      await until("bot");
      await until("-----");
      await until("hello");
      await until(PASTE_MARKS_ON);
      type(CTRL_C);
    });
    assert.equal(code, 130);
    assert.match(stdout, /Stopped\. Up to here: 2 messages/u);
  });

  test("Ctrl-C without a listener ends the process", async () => {
    const { code } = await onTerminal(`await ask("1? ");`, async ({ type, until }) => {
      await until("1? ");
      type(CTRL_C);
    });
    assert.equal(code, 130);
  });

  test("the terminal is restored when the process exits during a question", async () => {
    const { code } = await onTerminal(`setImmediate(() => process.exit(3)); await ask("1? ");`, () => Promise.resolve());
    assert.equal(code, 3);
  });

  test("what is printed during a question goes above it, in whole lines", async () => {
    const printing = `
      let next;
      process.on("SIGUSR2", () => next());
      const asked = ask("Name? ");
      await new Promise((resolve) => (next = resolve));
      stream.print("part", { end: " " });
      stream.print("and rest");
      stream.print("kept", { end: "" });
      await asked;
    `;
    const { stdout } = await onTerminal(`console.log("pid " + process.pid);${printing}`, async (running) => {
      await running.until("Name? ");
      running.type(`abc${LEFT}`);
      await running.until(LEFT.replace("[D", "[1D"));
      process.kill(Number(/pid (\d+)/u.exec(running.stdout)?.[1]), "SIGUSR2");
      await running.until("Name? abc");
      running.type("X\r");
      await running.until('="abXc"');
    });
    const shown = stripVTControlCharacters(stdout).replaceAll("\r", "");
    assert.match(shown, /Name\? abcpart and rest\nName\? abc/u);
    assert.match(shown, /\nkept="abXc"\n$/u);
  });

  test("a line that was begun by `print` stays in front of the prompt", async () => {
    const { stdout } = await onTerminal(`stream.print("Hello", { end: " " }); await ask("1\\n2? ");`, async ({ type, until }) => {
      await until("2? ");
      type("x\r");
    });
    assert.match(stripVTControlCharacters(stdout).replaceAll("\r", ""), /^Hello 1\n2\? x\n="x"\n$/u);
  });
});
