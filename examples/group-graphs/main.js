// @ts-check
// Two groups that may not talk as they like: checked, run, and drawn with what happened on the edges.
import assert from "node:assert/strict";
import { checkGraph, countSpeakerTurns, drawGraph, GroupChatManager, runProgram, visualizeSpeakerTransitions } from "autogen-ts";
import { hub } from "./hub.js";
import { teams } from "./teams.js";

await runProgram(async (signal) => {
  for (const [name, layout, example] of /** @type {const} */ ([
    ["hub", "dot", hub()],
    ["teams", "dot", teams()],
  ])) {
    const { chat, first, message, ...look } = example;
    const { allowedSpeakerTransitions: table, agents } = chat;
    assert.deepEqual(checkGraph(table, agents), { errors: [], warnings: [] });

    const manager = new GroupChatManager({ groupChat: chat, silent: true });
    const result = await first.initiateChat(manager, { message, silent: true, signal });
    const counts = countSpeakerTurns(chat.messages);
    console.log(`${name}: ${String(result.summary)}\n`);
    console.log(visualizeSpeakerTransitions(table, agents, { counts, ...look }));

    const dot = visualizeSpeakerTransitions(table, agents, { format: "dot", counts, ...look });
    for (const kind of ["svg", "png"]) await drawGraph(dot, { path: `${name}.${kind}`, layout });
    for (const [from, next] of counts) for (const to of next.keys()) assert.ok(isAllowed(table, from, to), `${from} to ${to}`);
  }
  console.log("Pictures: hub.svg, hub.png, teams.svg, teams.png");
});

/** @param {import("autogen-ts").TransitionTable} table @param {string} from @param {string} to */
function isAllowed(table, from, to) {
  return [...table].some(([agent, next]) => agent.name === from && next.some((one) => one.name === to));
}
