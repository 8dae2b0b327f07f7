/** The self-tests of the two sandboxes that need no container. */
import { BubblewrapCodeExecutor } from "./bubblewrap.js";
import { denoArguments, denoCommand, denoEnvironment } from "./deno-command.js";
import { findPyodide } from "./embedded-packages.js";
import { killGroup } from "./kill-tree.js";
import { runProcess } from "./run-process.js";
import { SELF_TEST_EXIT } from "./self-test.js";
import type { SelfTest, SelfTestOutcome } from "./self-test.js";
import type { SharedByExecutors } from "./shared.js";

const TIMEOUT_SECONDS = 10;

/** Also makes a child, which old kernels refuse under a limit on processes. */
const SHELL_PROBE = `
cat "$1" 2>/dev/null
(bash -c ": < /dev/tcp/127.0.0.1/$2" || python3 -c "import socket; socket.create_connection(('127.0.0.1', $2), 1)") 2>/dev/null
env | grep AUTOGEN_SELF_TEST
touch written && rm written && exit ${SELF_TEST_EXIT}
`;

/** Tries to break out of bubblewrap. @throws AutogenError `executor-failed` when it is not there */
export async function probeBubblewrap(test: SelfTest, shared: SharedByExecutors): Promise<SelfTestOutcome> {
  const executor = new BubblewrapCodeExecutor({ workDir: test.workDir, timeoutSeconds: TIMEOUT_SECONDS, shared });
  try {
    const command = ["sh", "-c", SHELL_PROBE, "sh", test.outsideFile, String(test.port)];
    const { exitCode, stdout, stderr } = await executor.runInside(command, {}, { AUTOGEN_SELF_TEST: test.secret });
    return { exitCode, output: stdout + stderr };
  } finally {
    await executor.stop();
  }
}

const DENO_PROBE = `
const [file, port] = Deno.args;
const attempts = [
  () => console.log(Deno.readTextFileSync(file)),
  () => Deno.connect({ hostname: "127.0.0.1", port: Number(port) }),
  () => console.log(Deno.env.get("AUTOGEN_SELF_TEST")),
];
for (const attempt of attempts) try { await attempt(); } catch {}
Deno.exit(${SELF_TEST_EXIT});
`;

/** @throws AutogenError `missing-package` when deno or Pyodide is not there */
export async function probeEmbedded(
  test: SelfTest,
  shared: SharedByExecutors,
  packagesFrom?: readonly string[],
): Promise<SelfTestOutcome> {
  const deno = await denoCommand(packagesFrom);
  findPyodide(packagesFrom);
  const [command = "deno", ...args] = [
    ...deno.prefix,
    ...denoArguments(DENO_PROBE, { args: [test.outsideFile, String(test.port)] }),
  ];
  const { exitCode, stdout, stderr } = await runProcess({
    command,
    args,
    cwd: test.workDir,
    env: { ...denoEnvironment(deno), AUTOGEN_SELF_TEST: test.secret },
    timeoutMs: TIMEOUT_SECONDS * 1_000,
    maxOutputBytes: 10_000,
    graceMs: 200,
    cleanup: shared.cleanup,
    kill: killGroup,
  });
  return { exitCode, output: stdout + stderr };
}
