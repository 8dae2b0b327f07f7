/** The tools of `tools.json`, as plain functions of one object of arguments. */
import { setTimeout as wait } from "node:timers/promises";
import { ScenarioError } from "./scenario-error.mjs";

/** @type {Record<string, (args: any, stage: import("./stage.mjs").Stage) => unknown>} */
const BEHAVIOURS = {
  add: ({ a, b }) => a + b,
  concat: ({ left, right = "!" }) => left + right,
  fail: ({ reason }) => {
    throw new Error(reason);
  },
  echo_json: ({ value }) => value,
  ping: () => "pong",
  nothing: () => null,
  snow: () => "héllo ☃",
  pick: ({ choice, count = null, tags = [] }) => ({ choice, count, tags }),
  half: ({ x = 1 }) => x / 2,
  is_even: ({ n }) => n % 2 === 0,
  async_add: async ({ a, b }) => {
    await wait(10);
    return a + b;
  },
  async_fail: async ({ reason }) => {
    await wait(1);
    throw new Error(reason);
  },
  async_slow_echo: async ({ text, delay_ms = 10 }, { events }) => {
    await wait(delay_ms);
    events.push(`slow_echo:${text}`);
    return text;
  },
};

/** @typedef {{ name: string, description: string, parameters: any, async: boolean }} ToolSpec */

/** @type {Map<string, ToolSpec>} */
let specs = new Map();

/** @param {readonly ToolSpec[]} tools the content of `tools.json` */
export function setTools(tools) {
  specs = new Map(tools.map((tool) => [tool.name, tool]));
}

/** Description and schema of a tool. @param {string} name */
export function toolSpec(name) {
  const spec = specs.get(name);
  if (spec === undefined) throw new ScenarioError(`The scenario names the tool \`${name}\`, which tools.json does not have.`);
  return spec;
}

/**
 * The implementation. Like a function of the reference it refuses arguments that it does not take, or that are missing.
 *
 * @param {string} name
 * @param {import("./stage.mjs").Stage} stage
 */
export function toolFunction(name, stage) {
  const { properties, required } = toolSpec(name).parameters;
  const behaviour = BEHAVIOURS[name];
  if (behaviour === undefined) throw new ScenarioError(`The tool \`${name}\` has no implementation in the runner.`);
  return (args) => {
    for (const key of Object.keys(args))
      if (!(key in properties)) throw new TypeError(`${name}() got an unexpected argument ${key}`);
    for (const key of required) if (!(key in args)) throw new TypeError(`${name}() misses the argument ${key}`);
    return behaviour(args, stage);
  };
}

/** A plain map of implementations; null removes one. @param {Record<string, string | null>} map @param {import("./stage.mjs").Stage} stage */
export function functionMap(map, stage) {
  return Object.fromEntries(Object.entries(map).map(([name, tool]) => [name, tool === null ? null : toolFunction(tool, stage)]));
}
