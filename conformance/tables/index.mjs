/** Functions of tables, given positional and named arguments. */
import { camelCase, camelKeys } from "../map/names.mjs";
import { exported } from "../map/not-available.mjs";
import { code } from "./code.mjs";
import { graphs } from "./graphs.mjs";
import { inference } from "./inference.mjs";
import { messages } from "./messages.mjs";
import { settings } from "./settings.mjs";
import { transforms } from "./transforms.mjs";

/** @typedef {(args: any[], kwargs: Record<string, any>, stage: import("../map/stage.mjs").Stage) => unknown} TableFunction */

/** @type {Record<string, TableFunction>} */
const MAPPED = { ...code, ...graphs, ...inference, ...messages, ...settings, ...transforms };

/** A function without a mapping of its own is the library's of the same name: positional arguments, then options. @param {string} name @returns {TableFunction} */
export function tableFunction(name) {
  return MAPPED[name] ?? ((args, kwargs) => byName(name, args, kwargs));
}

function byName(name, args, kwargs) {
  const target = exported(camelCase(name), `the function ${camelCase(name)}`);
  return Object.keys(kwargs).length === 0 ? target(...args) : target(...args, camelKeys(kwargs));
}
