/** What importing the library costs, in processor time over a Node that imports nothing. */
import { execFile } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median } from "./rounds.mjs";

const ROUNDS = 25;
const here = dirname(fileURLToPath(import.meta.url));
const execute = promisify(execFile);

export async function run() {
  const programs = { bare: "", core: 'await import("autogen-ts/core");', all: 'await import("autogen-ts");' };
  /** @type {Record<string, number[]>} */
  const times = { bare: [], core: [], all: [] };
  // By turns, so that whatever else the machine does meets all of them.
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, program] of Object.entries(programs)) times[name].push(await cpuMilliseconds(program));
  }
  const [bare, core, all] = [median(times.bare), median(times.core), median(times.all)];
  return [
    { label: "bare Node", value: bare, unit: "ms" },
    { label: "autogen-ts/core over bare Node", value: core - bare, unit: "ms", atMost: 15 },
    { label: "autogen-ts/core against bare Node", value: core / bare, unit: "times" },
    { label: "autogen-ts over bare Node", value: all - bare, unit: "ms" },
    { label: "autogen-ts against bare Node", value: all / bare, unit: "times" },
  ];
}

/** User and system time of a whole process, as it reports them at its end. */
async function cpuMilliseconds(program) {
  const report = "const { userCPUTime, systemCPUTime } = process.resourceUsage(); console.log(userCPUTime + systemCPUTime);";
  const { stdout } = await execute(process.execPath, ["--input-type=module", "-e", `${program}\n${report}`], { cwd: here });
  return Number(stdout) / 1000;
}
