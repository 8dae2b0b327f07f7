/** Plays one scenario with the library and gives what happened, in the form of `expected`. */
import { startService } from "../service/server.mjs";
import { carryOut } from "../steps/index.mjs";
import { buildClient } from "../steps/clients.mjs";
import { buildAgent } from "../map/agents.mjs";
import { recordedError } from "../map/errors.mjs";
import { mapStrings } from "../map/json.mjs";
import { exported, library, NotAvailable } from "../map/not-available.mjs";
import { isOwnFault } from "../map/scenario-error.mjs";
import { newStage } from "../map/stage.mjs";
import { collect } from "./collect.mjs";
import { journalEveryRun } from "./journal.mjs";
import { openWorkFolder } from "./work-folder.mjs";

/** @typedef {import("../service/answers.mjs").Served} Served */

/** `served`: what the service's answers counted as used, step by step. @typedef {{ outcome: any, served: Served[][] } | { skipped: string }} Played */

/** @param {any} scenario @param {{ journal?: boolean }} [options] @returns {Promise<Played>} */
export async function play(scenario, { journal = false } = {}) {
  const folder = openWorkFolder(scenario);
  const service = await startService(scenario.endpoints ?? {});
  const journals = journal ? await journalEveryRun() : null;
  const forth = (text) => text.replaceAll("$WORK", folder.path).replaceAll("$SERVER", service.url);
  const back = (text) => text.replaceAll(folder.path, "$WORK").replaceAll(service.url, "$SERVER");
  try {
    const concrete = mapStrings(scenario, forth);
    const stage = newStage({ work: folder.path, server: service.url, lines: concrete.human_inputs ?? [] });
    folder.enter(concrete);
    requireFeatures(scenario);
    /** @type {Served[][]} */
    const served = [];
    const played = await library.IOStream.withDefault(stage.console.stream, () =>
      act(concrete, stage, () => served.push(service.served.splice(0))),
    );
    if (served.flat().length > 0 && journals?.steps() === 0) throw new Error("The journal saw no step.");
    return { outcome: mapStrings({ ...played, ...collect(concrete, stage, service) }, back), served };
  } catch (error) {
    if (error instanceof NotAvailable) return { skipped: error.feature };
    throw error;
  } finally {
    await journals?.remove();
    folder.leave();
    await service.close();
  }
}

/** What no step or agent asks for by name. */
function requireFeatures({ endpoints = {} }) {
  const streams = Object.values(endpoints).some((replies) => replies.some(({ stream }) => stream !== undefined));
  // Scripted streams bring no usage: it is counted.
  if (streams) exported("countToken", "counting tokens");
}

/** @param {any} scenario @param {import("../map/stage.mjs").Stage} stage @param {() => void} onStep */
async function act({ agents = [], clients = {}, steps }, stage, onStep) {
  try {
    for (const spec of agents) buildAgent(spec, stage);
    for (const [name, settings] of Object.entries(clients)) buildClient(name, settings, stage);
  } catch (error) {
    if (error instanceof NotAvailable || isOwnFault(error)) throw error;
    return { setup_error: recordedError(error) };
  }
  const entries = [];
  for (const [index, step] of steps.entries()) {
    const entry = await entryOf(step, stage);
    entries.push(entry);
    onStep();
    if ("error" in entry && step.may_fail !== true) return { steps: entries, stopped_at: index };
  }
  return { steps: entries };
}

async function entryOf(step, stage) {
  try {
    const result = await carryOut(step, stage);
    return result === undefined ? {} : { result };
  } catch (error) {
    if (error instanceof NotAvailable || isOwnFault(error)) throw error;
    return { error: recordedError(error) };
  }
}
