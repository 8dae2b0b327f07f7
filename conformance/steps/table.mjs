/** Calling a function for each row of a table. */
import { plain } from "../map/json.mjs";
import { NotAvailable } from "../map/not-available.mjs";
import { isOwnFault } from "../map/scenario-error.mjs";
import { recordedError } from "../map/errors.mjs";
import { valueOf } from "../map/values.mjs";
import { tableFunction } from "../tables/index.mjs";

/** @type {import("./index.mjs").Step} */
export async function table({ fn, rows }, stage) {
  const target = tableFunction(fn);
  const results = [];
  for (const row of rows) results.push(await resultOf(target, row, stage));
  return results;
}

async function resultOf(target, { args = [], kwargs }, stage) {
  try {
    return { value: plain(await target(valueOf(args, stage), valueOf(kwargs ?? {}, stage), stage)) };
  } catch (error) {
    if (error instanceof NotAvailable || isOwnFault(error)) throw error;
    return { error: recordedError(error).type };
  }
}
