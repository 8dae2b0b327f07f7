// @ts-check
// A visit to a hospital in a group chat, and what each way of choosing the speaker costs.
import assert from "node:assert/strict";
import { runProgram } from "autogen-ts";
import { playVisit } from "./play.js";
import { agentTable, savingsTable } from "./report.js";
import { visitLines } from "./visit.js";

await runProgram(async (signal) => {
  console.log("Replies were written by hand; tokens are counted in the requests that the library makes.\n");
  const visit = {
    auto: await playVisit({}, signal),
    roundRobin: await playVisit({ roundRobin: true }, signal),
    transitions: await playVisit({ transitions: true }, signal),
    transform: await playVisit({ transform: true }, signal),
    structured: await playVisit({ structured: true }, signal),
    together: await playVisit({ transitions: true, transform: true, structured: true }, signal),
    nurse: await playVisit({ nurse: true }, signal),
    nurseTogether: await playVisit({ nurse: true, transitions: true, transform: true, structured: true }, signal),
  };
  for (const message of visit.auto.messages) console.log(message);
  console.log(`\n${agentTable(visit.auto)}\n`);
  console.log(
    savingsTable([
      ["a model chooses among all", visit.auto, visit.auto],
      ["round-robin", visit.roundRobin, visit.auto],
      ["transitions", visit.transitions, visit.auto],
      ["selection transform", visit.transform, visit.auto],
      ["structured selection", visit.structured, visit.auto],
      ["the last three together", visit.together, visit.auto],
      ["with a nurse: among all", visit.nurse, visit.nurse],
      ["with a nurse: the last three", visit.nurseTogether, visit.nurse],
    ]),
  );

  // However the speaker is chosen by a model, the visit is the same one; in turn, it only has idle turns in between.
  const spoken = visitLines({ nurse: false }).map(([name, text]) => `${name}: ${text}`);
  for (const way of /** @type {const} */ (["auto", "transitions", "transform", "structured", "together"])) {
    assert.deepEqual(visit[way].messages, spoken, way);
  }
  assert.deepEqual(
    visit.roundRobin.messages.filter((message) => spoken.includes(message)),
    spoken,
  );
  assert.equal(visit.roundRobin.selection, 0);
  for (const way of /** @type {const} */ (["roundRobin", "transitions", "transform", "structured", "together"])) {
    assert.ok(visit[way].prompt < visit.auto.prompt, `${way} saves nothing`);
  }
  // The schema is a part of every request; the question that is asked again, and the longer prompt, are not.
  assert.ok(visit.structured.requests < visit.auto.requests);
  assert.ok(visit.nurseTogether.prompt < visit.nurse.prompt);
});
