import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "vitest";
import { hasComponent } from "../../test/components.js";
import { pair, texts } from "../../test/pairs.js";
import { fakeExecutor } from "../features/testing/index.js";
import { AutogenError, LocalCommandLineCodeExecutor, type Host, type MemoryStream, type RunEvent } from "../index.js";
import { host } from "../platform/node/host.js";

const block = (code: string, language = "python"): string => `\`\`\`${language}\n${code}\n\`\`\``;

test("EXE-23 code in a message is run, and what it printed is the reply", async () => {
  const executor = fakeExecutor("7\n");
  const { user, bot, stream } = pair([`Run this:\n${block("print(7)")}`, "TERMINATE"], { codeExecutionConfig: { executor } });

  const result = await user.initiateChat(bot, { message: "m", stream });

  assert.deepEqual(executor.runs, [[{ language: "python", code: "print(7)" }]]);
  assert.equal(texts(result.chatHistory)[2], "exitcode: 0 (execution succeeded)\nCode output: 7\n");
  assert.match(stream.text, /\n>>>>>>>> EXECUTING CODE BLOCK \(inferred language is python\)\.\.\.\n/);
});

test("EXE-09 two blocks, and a failure", async () => {
  const executor = fakeExecutor({ exitCode: 4, output: "7\n" });
  const { user, bot, stream } = pair([`${block("a")}\n${block("b", "sh")}`, "TERMINATE"], { codeExecutionConfig: { executor } });
  const result = await user.initiateChat(bot, { message: "m", stream });

  assert.equal(texts(result.chatHistory)[2], "exitcode: 4 (execution failed)\nCode output: 7\n");
  assert.match(stream.text, /EXECUTING 2 CODE BLOCKS \(inferred languages are \[python, sh\]\)\.\.\./);
});

const one = { role: "user", content: block("old") } as const;
const two = { role: "user", content: block("new") } as const;
const empty = { role: "user", content: "" } as const;
const nothing = { role: "user", content: null } as const;
const words = { role: "user", content: "words" } as const;
const own = { role: "assistant", content: block("mine") } as const;
const SELECTION = [
  ["auto: all since this agent spoke", "auto", [own, one, words], "old"],
  ["auto: not its own words", "auto", [one, own], null],
  ["1: only the last", 1, [one, words], null],
  ["2: the newest with code wins", 2, [one, two], "new"],
  ["2: words are passed over", 2, [one, words], "old"],
  ["3: messages without content are passed over", 3, [one, empty, nothing], "old"],
  ["3: no further than that", 3, [one, words, empty, nothing], null],
  ["0: none (the reference scans all)", 0, [one], null],
] as const;
for (const [title, lastNMessages, messages, expected] of SELECTION) {
  test(`EXE-08 lastNMessages ${title}`, async () => {
    const executor = fakeExecutor("7\n");
    const { user, bot } = pair([], { codeExecutionConfig: { executor, lastNMessages } });
    await user.generateReply({ messages, sender: bot });
    assert.equal(executor.runs[0]?.[0]?.code ?? null, expected);
  });
}

test("EXE-23 code in a content of several parts is run", async () => {
  const executor = fakeExecutor("7\n");
  const { user, bot } = pair([], { codeExecutionConfig: { executor } });
  const content = [
    { type: "text", text: "Look:\n" },
    { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
    { type: "text", text: `\n${block("print(7)")}` },
  ] as const;
  const reply = await user.generateReply({ messages: [{ role: "user", content }], sender: bot });
  assert.deepEqual(executor.runs, [[{ language: "python", code: "print(7)" }]]);
  assert.equal(reply, "exitcode: 0 (execution succeeded)\nCode output: 7\n");
});

test.skipIf(!hasComponent("python3"))(
  "EXE-09 EXE-23 two agents: real code fails, is repaired, and what it did is the reply",
  async () => {
    const workDir = await mkdtemp(join(tmpdir(), "loop-"));
    try {
      const executor = new LocalCommandLineCodeExecutor({ workDir });
      const saved = block("// filename: a.js\n1", "javascript");
      const replies = [block("print(1 / 0)"), block("print(7)"), `${block("print(7)")}\n${block("echo 8", "sh")}`];
      const { user, bot, stream } = pair([...replies, block("exit 4", "sh"), block("puts 1", "ruby"), saved, "TERMINATE"], {
        codeExecutionConfig: { executor },
      });
      const result = await user.initiateChat(bot, { message: "m", stream });
      const [failed = "", ...others] = texts(result.chatHistory).filter((text) => text.startsWith("exitcode"));
      assert.match(failed, /^exitcode: 1 \(execution failed\)\nCode output: Traceback[\s\S]*ZeroDivisionError/);
      assert.deepEqual(others, [
        "exitcode: 0 (execution succeeded)\nCode output: 7\n",
        "exitcode: 0 (execution succeeded)\nCode output: 7\n8\n",
        "exitcode: 4 (execution failed)\nCode output: ",
        "exitcode: 1 (execution failed)\nCode output: \nunknown language ruby",
        `exitcode: 0 (execution succeeded)\nCode output: Code saved to ${join(workDir, "a.js")}\n`,
      ]);
      assert.equal(result.stopReason, "termination-message");
    } finally {
      await rm(workDir, { recursive: true });
    }
  },
);

/** Node, but with an executor of the test's choice. */
const hostWith = (chooseExecutor: Host["chooseExecutor"]): Host => Object.assign(Object.create(host) as Host, { chooseExecutor });

test("EXE-06 making an agent probes nothing; without a sandbox the model is told the ways out, once per block", async () => {
  const { user, bot, stream } = pair([block("print(7)"), "TERMINATE"], { codeExecutionConfig: {} });
  const result = await user.initiateChat(bot, {
    message: "m",
    stream,
    host: hostWith(() => Promise.reject(new AutogenError("no-sandbox", "Nothing can run code here. Install bubblewrap."))),
  });
  assert.equal(
    texts(result.chatHistory)[2],
    "exitcode: 1 (execution failed)\nCode output: Nothing can run code here. Install bubblewrap.",
  );
});

test("which sandbox was chosen is said once", async () => {
  const executor = fakeExecutor("1", "2");
  const requests: unknown[] = [];
  const events: RunEvent[] = [];
  const { user, bot, stream } = pair([block("1"), block("2"), "TERMINATE"], {
    codeExecutionConfig: { workDir: "w", timeout: 3 },
  });
  await user.initiateChat(bot, {
    message: "m",
    stream,
    onEvent: (event) => events.push(event),
    host: hostWith((request) => {
      requests.push(request);
      return Promise.resolve({ executor, reason: "Because." });
    }),
  });

  assert.deepEqual(requests, [{ workDir: "w", timeoutSeconds: 3 }]);
  assert.equal(stream.text.split(">>>>>>>> Because.").length, 2);
  assert.deepEqual(
    events.filter(({ type }) => type.startsWith("code.")).map(({ type }) => type),
    ["code.start", "code.output", "code.end", "code.start", "code.output", "code.end"],
  );
});

/** A folder of its own for code that runs on this machine, as asked for. */
async function legacy(
  ...replies: readonly string[]
): Promise<{ readonly answers: string[]; readonly left: string[]; readonly stream: MemoryStream }> {
  const workDir = await mkdtemp(join(tmpdir(), "legacy-"));
  try {
    const { user, bot, stream } = pair([...replies, "TERMINATE"], {
      codeExecutionConfig: { workDir, useDocker: false, timeout: 1 },
    });
    const result = await user.initiateChat(bot, { message: "m", stream });
    return {
      answers: texts(result.chatHistory).filter((text) => text.startsWith("exitcode")),
      left: await readdir(workDir),
      stream,
    };
  } finally {
    await rm(workDir, { recursive: true });
  }
}

const LEGACY: readonly (readonly [title: string, reply: string, answer: string])[] = [
  ["one block", block("echo 7", "sh"), "exitcode: 0 (execution succeeded)\nCode output: \n7\n"],
  [
    "two blocks",
    `${block("echo 7", "sh")}\n${block("echo 8", "bash")}`,
    "exitcode: 0 (execution succeeded)\nCode output: \n7\n\n8\n",
  ],
  ["an exit code without output", block("exit 4", "sh"), "exitcode: 4 (execution failed)\nCode output: \n"],
  [
    "errors only, on failure",
    block("echo out; echo err >&2; exit 3", "sh"),
    "exitcode: 3 (execution failed)\nCode output: \nerr\n",
  ],
  ["an unknown language", block("DISPLAY 1", "cobol"), "exitcode: 1 (execution failed)\nCode output: \nunknown language cobol"],
  [
    "a language that is only saved elsewhere",
    block("1", "javascript"),
    "exitcode: 1 (execution failed)\nCode output: \nunknown language javascript",
  ],
  [
    "no language, and none to be seen",
    block("??", ""),
    "exitcode: 1 (execution failed)\nCode output: \nunknown language unknown",
  ],
  ["the time limit", block("sleep 30", "sh"), "exitcode: 1 (execution failed)\nCode output: \nTimeout"],
];
for (const [title, reply, answer] of LEGACY) {
  test(`EXE-09, EXE-10 legacy settings: ${title}`, async () => {
    const { answers, left, stream } = await legacy(reply);
    assert.deepEqual(answers, [answer]);
    assert.deepEqual(left, []);
    assert.match(stream.text, /\n>>>>>>>> EXECUTING CODE BLOCK 0 \(inferred language is \w+\)\.\.\.\n/);
    assert.match(stream.warnings.join("\n"), /without a sandbox/);
  });
}

test.skipIf(!hasComponent("python3"))(
  "EXE-10 legacy settings: a named file stays, and errors do not tell where it lies",
  async () => {
    const { answers, left } = await legacy(block("# filename: tool.py\nraise SystemExit(open('none'))"));
    assert.deepEqual(left, ["tool.py"]);
    assert.match(answers[0] ?? "", /File "tool\.py", line 2/);
  },
);

test("BOX-12 the user is warned once when code wanted the network", async () => {
  const failed = { exitCode: 1, output: "no network\n", wanted: "network" } as const;
  const { user, bot } = pair([block("a"), block("b"), "TERMINATE"], {
    codeExecutionConfig: { executor: fakeExecutor(failed, failed) },
  });
  const warnings: RunEvent[] = [];
  await user.initiateChat(bot, {
    message: "m",
    silent: true,
    onEvent: (event) => void (event.type === "warning" && event.code === "no-network" && warnings.push(event)),
  });
  assert.equal(warnings.length, 1);
  assert.match(JSON.stringify(warnings[0]), /network: \\"public\\"/);
});

const WRONG_SETTINGS = [
  [{ executor: fakeExecutor(""), work_dir: "x" }, /^'work_dir' in codeExecutionConfig is not valid when 'executor' is set\. Use/],
  [
    { executor: fakeExecutor(""), use_docker: true },
    /^'use_docker' in codeExecutionConfig is not valid when 'executor' is set\. Use/,
  ],
  [{ executor: fakeExecutor(""), timeout: 5 }, /^'timeout' in codeExecutionConfig is not valid when 'executor' is set\. Use/],
  [{ executor: fakeExecutor(""), network: "public" as const }, /^'network' in codeExecutionConfig is not valid/],
  [{ executor: "cobol" as "docker" }, /^Unknown code executor cobol/],
  [{ lastNMessages: -1 }, /^last_n_messages must be either a non-negative integer, or the string 'auto'\.$/],
  [{ last_n_messages: 1.5 }, /^last_n_messages must be either a non-negative integer/],
] as const;
for (const [codeExecutionConfig, message] of WRONG_SETTINGS) {
  test(`EXE-07 settings that make no sense are refused: ${message.source}`, () => {
    assert.throws(() => pair([], { codeExecutionConfig }), { code: "invalid-option", message });
  });
}
