/** What is there when a scenario is over. Empty things are left out, as in the cases. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { plain } from "../map/json.mjs";

/**
 * @param {any} scenario
 * @param {import("../map/stage.mjs").Stage} stage
 * @param {import("../service/server.mjs").Service} service
 */
export function collect({ list_files }, stage, service) {
  const { questions, linesLeft, text } = stage.console;
  const groups = [...stage.agents].filter(([, agent]) => agent.groupChat !== undefined);
  return {
    ...unlessEmpty("requests", service.requests),
    ...unlessEmpty("histories", histories(stage.agents)),
    ...unlessEmpty(
      "group_messages",
      Object.fromEntries(groups.map(([name, { groupChat }]) => [name, plain(groupChat.messages)])),
    ),
    ...unlessEmpty("input_prompts", questions),
    ...(linesLeft() === 0 ? {} : { inputs_left: linesLeft() }),
    ...unlessEmpty("replies_left", service.repliesLeft()),
    ...unlessEmpty("events", stage.events),
    ...unlessEmpty("console", linesOf(text())),
    ...(list_files === undefined ? {} : { files: filesOf(resolve(list_files)) }),
  };
}

const unlessEmpty = (name, value) => (Object.keys(value).length === 0 ? {} : { [name]: value });

const linesOf = (text) => (text === "" ? [] : text.split("\n"));

function histories(agents) {
  const entries = [...agents].map(([name, agent]) => {
    const peers = [...agent.chatMessages].filter(([, messages]) => messages.length > 0);
    return [name, Object.fromEntries(peers.map(([peer, messages]) => [peer.name, plain(messages)]))];
  });
  return Object.fromEntries(entries.filter(([, peers]) => Object.keys(peers).length > 0));
}

/** Path below the folder → text. Caches of interpreters do not count. */
function filesOf(folder) {
  /** @type {Record<string, string>} */
  const files = {};
  const walk = (path, prefix) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.name === "__pycache__") continue;
      if (entry.isDirectory()) walk(join(path, entry.name), `${prefix}${entry.name}/`);
      else files[prefix + entry.name] = readFileSync(join(path, entry.name), "utf8");
    }
  };
  try {
    walk(folder, "");
  } catch (error) {
    if (error.code !== "ENOENT") throw error; // never made: no files
  }
  return files;
}
