/** What steps do: one function for each, given the step and the stage. What it gives back is the step's result. */
import { chats } from "./chats.mjs";
import { clients } from "./clients.mjs";
import { code } from "./code.mjs";
import { groups } from "./groups.mjs";
import { logging } from "./logging.mjs";
import { replies } from "./replies.mjs";
import { state } from "./state.mjs";
import { table } from "./table.mjs";
import { tools } from "./tools.mjs";
import { ScenarioError } from "../map/scenario-error.mjs";

/** @typedef {(step: any, stage: import("../map/stage.mjs").Stage) => unknown} Step */

/** @type {Record<string, Step>} */
const STEPS = { ...chats, ...clients, ...code, ...groups, ...logging, ...replies, ...state, ...tools, table };

/** @param {any} step @param {import("../map/stage.mjs").Stage} stage */
export async function carryOut(step, stage) {
  const known = STEPS[step.do];
  if (known === undefined) throw new ScenarioError(`A scenario has the step \`${step.do}\`, which is not known.`);
  return await known(step, stage);
}
