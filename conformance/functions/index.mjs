/** The named functions of scenarios (`$fn`), in the shapes that the library calls. */
import { hooks } from "./hooks.mjs";
import { helpers } from "./helpers.mjs";
import { messages } from "./messages.mjs";
import { replies } from "./replies.mjs";
import { selection } from "./selection.mjs";
import { ScenarioError } from "../map/scenario-error.mjs";

/** @type {Record<string, (args: any, stage: import("../map/stage.mjs").Stage) => any>} */
const FUNCTIONS = { ...hooks, ...helpers, ...messages, ...replies, ...selection };

/** Makes a function anew. @param {{ $fn: string }} value @param {import("../map/stage.mjs").Stage} stage */
export function makeFunction({ $fn: name, ...args }, stage) {
  const make = FUNCTIONS[name];
  if (make === undefined) throw new ScenarioError(`A scenario uses the function \`${name}\`, which is not known.`);
  return make(args, stage);
}
