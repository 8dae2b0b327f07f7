/** What a scenario is played on: its agents and clients by name, and what they did so far. */
import { scriptedConsole } from "./stream.mjs";
import { ScenarioError } from "./scenario-error.mjs";

/**
 * @typedef {object} Stage
 * @property {string} work the working folder
 * @property {string} server address of the model service
 * @property {Map<string, any>} agents in the order in which they were built
 * @property {Map<string, any>} clients
 * @property {string[]} events
 * @property {Record<string, any>} saved what steps keep for later ones
 * @property {Map<string, object>} caches by kind and seed
 * @property {import("./stream.mjs").Console} console
 * @property {(name: string) => any} agent
 * @property {(name: string) => any} client
 */

/** @param {{ work: string, server: string, lines: readonly string[] }} setting @returns {Stage} */
export function newStage({ work, server, lines }) {
  const agents = new Map();
  const clients = new Map();
  return {
    work,
    server,
    agents,
    clients,
    events: [],
    saved: {},
    caches: new Map(),
    console: scriptedConsole(lines, () => [...agents.values()].some((agent) => agent.interrupt?.() === true)),
    agent: (name) => known(agents, name, "agent"),
    client: (name) => known(clients, name, "client"),
  };
}

function known(map, name, kind) {
  if (!map.has(name)) throw new ScenarioError(`The scenario has no ${kind} \`${name}\`.`);
  return map.get(name);
}
