/** What a case needs and the library does not have yet: such a case is skipped by the name of the feature. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as autogen from "autogen-ts";

/** Ends a scenario that cannot be played; never counted as an error of the library. */
export class NotAvailable extends Error {
  /** @param {string} feature */
  constructor(feature) {
    super(`not available yet: ${feature}`);
    this.feature = feature;
  }
}

/** Everything the library exports, by name; names of features that come later are simply missing. @type {Record<string, any>} */
export const library = { ...(await fromSubpaths()), ...autogen };

/** What features export that have an entry of their own, for example `autogen-ts/testing`. */
async function fromSubpaths() {
  const path = fileURLToPath(import.meta.resolve("autogen-ts/package.json"));
  const subpaths = Object.keys(JSON.parse(readFileSync(path, "utf8")).exports).filter((name) => /^\.\/[\w/-]+$/.test(name));
  // An entry whose optional package is not installed has nothing to offer here.
  const entries = await Promise.all(
    subpaths.map((name) => import(/* @vite-ignore */ `autogen-ts/${name.slice(2)}`).catch(() => ({}))),
  );
  return Object.assign({}, ...entries);
}

/** Whether the library exports this name. @param {string} name */
export const has = (name) => name in library;

/**
 * An export of the library.
 *
 * @param {string} name
 * @param {string} feature what people call it
 * @throws {NotAvailable}
 */
export function exported(name, feature) {
  if (!has(name)) throw new NotAvailable(feature);
  return library[name];
}

/**
 * Calls a method that may not exist yet.
 *
 * @param {any} target
 * @param {string} method
 * @param {string} feature
 * @param {readonly unknown[]} args
 * @throws {NotAvailable}
 */
export function call(target, method, feature, ...args) {
  if (typeof target?.[method] !== "function") throw new NotAvailable(feature);
  return target[method](...args);
}
