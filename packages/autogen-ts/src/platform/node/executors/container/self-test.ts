/** Whether containers hold on this machine: the attempts of every self-test, in a container of the image that will be used. */
import { SELF_TEST_EXIT } from "../self-test.js";
import type { SelfTest, SelfTestOutcome } from "../self-test.js";
import type { SharedByExecutors } from "../shared.js";
import { DockerCommandLineCodeExecutor } from "./executor.js";

const TIMEOUT_SECONDS = 10;

/** Tries to break out. @throws AutogenError `executor-failed` without an engine or image */
export async function probeContainer(
  { workDir, outsideFile, port }: SelfTest,
  shared: SharedByExecutors,
  image: string | undefined,
): Promise<SelfTestOutcome> {
  const executor = new DockerCommandLineCodeExecutor({
    workDir,
    timeoutSeconds: TIMEOUT_SECONDS,
    shared,
    ...(image === undefined ? {} : { image }),
  });
  try {
    const code = `
cat '${outsideFile}' 2>/dev/null
(bash -c ": < /dev/tcp/127.0.0.1/${port}" || python3 -c "import socket; socket.create_connection(('127.0.0.1', ${port}), 1)") 2>/dev/null
touch written && rm written && exit ${SELF_TEST_EXIT}
`;
    return await executor.executeCodeBlocks([{ language: "sh", code }]);
  } finally {
    await executor.stop();
  }
}
