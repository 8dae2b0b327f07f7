import assert from "node:assert/strict";
import * as fc from "fast-check";
import { test } from "vitest";
import { checkGraph, hasSelfLoops, invertDisallowedToAllowed, SpeakerTransitions, type Agent } from "../core.js";

const RUNS = { seed: 20_260_122, numRuns: 500 };

const agentsOf = (count: number): readonly Agent[] =>
  Array.from({ length: count }, (_, index) => ({ name: `a${String(index)}`, receive: () => undefined }));

/** Agents, and a table among them. */
const graph = fc.integer({ min: 1, max: 8 }).chain((count) => {
  const agents = agentsOf(count);
  const lists = fc.uniqueArray(fc.tuple(fc.constantFrom(...agents), fc.uniqueArray(fc.constantFrom(...agents))), {
    selector: ([from]) => from,
  });
  return fc.tuple(
    fc.constant(agents),
    lists.map((entries) => new Map(entries)),
  );
});

test("GRP-02 of two agents exactly one of the tables, allowed and disallowed, lets the one follow the other", () => {
  fc.assert(
    fc.property(graph, ([agents, table]) => {
      const of = (speakerTransitionsType: "allowed" | "disallowed"): SpeakerTransitions =>
        new SpeakerTransitions(agents, { allowedOrDisallowedSpeakerTransitions: table, speakerTransitionsType });
      const [allowed, disallowed] = [of("allowed"), of("disallowed")];
      for (const from of agents) {
        const both = [...allowed.allowedNext(from), ...disallowed.allowedNext(from)];
        assert.deepEqual(new Set(both), new Set(agents));
        assert.equal(both.length, agents.length);
      }
    }),
    RUNS,
  );
});

test("GRP-33 inverting twice gives the table back, with an entry for everybody", () => {
  fc.assert(
    fc.property(graph, ([agents, table]) => {
      const back = invertDisallowedToAllowed(invertDisallowedToAllowed(table, agents), agents);
      for (const agent of agents) assert.deepEqual(new Set(back.get(agent)), new Set(table.get(agent)));
    }),
    RUNS,
  );
});

test("GRP-33 a table among the agents has no errors, and warns of those without edges", () => {
  fc.assert(
    fc.property(graph, ([agents, table]) => {
      const { errors, warnings } = checkGraph(table, agents);
      const alone = agents.filter(
        (agent) => (table.get(agent) ?? []).length === 0 && ![...table.values()].flat().includes(agent),
      );
      assert.deepEqual(errors, []);
      assert.deepEqual(
        warnings.map(({ kind }) => kind),
        alone.length > 0 ? ["isolated", "mismatch"] : [],
      );
      assert.equal(
        hasSelfLoops(table),
        agents.some((agent) => table.get(agent)?.includes(agent) === true),
      );
    }),
    RUNS,
  );
});
