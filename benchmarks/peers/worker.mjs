/** One contender in a process of its own: does what it is told and says what it cost. */
const [name = "", url = ""] = process.argv.slice(2);

const { contender } = await import(`./${name}.mjs`);
const tasks = await contender(url);
const tell = (message) => process.send?.(message);

/** @param {{ task: string, times: number, atOnce: boolean }} order */
async function carryOut({ task, times, atOnce }) {
  const work = tasks[task];
  try {
    globalThis.gc?.(); // nobody pays for the garbage of the round before
    const begun = performance.now();
    const before = process.cpuUsage();
    if (atOnce) await Promise.all(Array.from({ length: times }, work));
    else for (let time = 0; time < times; time += 1) await work();
    const { user, system } = process.cpuUsage(before);
    tell({
      cpu: (user + system) / times,
      wall: ((performance.now() - begun) * 1_000) / times,
      peakBytes: process.resourceUsage().maxRSS * 1_024,
    });
  } catch (error) {
    tell({ failed: String(error instanceof Error ? error.message : error) });
  }
}

process.on("message", (/** @type {Parameters<typeof carryOut>[0]} */ order) => void carryOut(order));
process.on("disconnect", () => process.exit());
tell({ tasks: Object.keys(tasks) });
