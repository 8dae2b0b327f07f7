/** A process that plays scenarios one after another: the current folder and the environment belong to one at a time. */
import { setTools } from "../map/tools.mjs";
import { play } from "./scenario.mjs";

/** @param {unknown} message */
const answer = (message) => process.send?.(message);

/** @param {any} job */
async function work({ tools, scenario, journal }) {
  try {
    setTools(tools);
    answer(await play(scenario, { journal }));
  } catch (error) {
    answer({ broken: error?.stack ?? String(error) });
  }
}

process.on("message", (job) => void work(job));

// A late failure of something that a scenario left behind must not end the process for the next one.
process.on("unhandledRejection", () => undefined);
