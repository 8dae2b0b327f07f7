import assert from "node:assert/strict";
import { test } from "vitest";
import { said, scene, speaker, type Scene } from "../../test/groups.js";
import { rejection } from "../../test/pairs.js";
import { scriptedModel } from "../features/testing/index.js";
import type { ConversableAgent, GroupChatOptions, MessageDraft, SelectorAnswer } from "../index.js";

interface Stage extends Scene {
  readonly a: ConversableAgent;
  readonly requests: readonly object[];
}

/** `a` opens; then the selector gives `shortlist`, and a model would choose `c` of several. */
function stage(shortlist: SelectorAnswer, group: Partial<GroupChatOptions>): Stage {
  const agents = [speaker("a"), speaker("b"), speaker("c")] as const;
  const { llmConfig, requests } = scriptedModel("c", "c");
  const options = { maxRound: 2, speakerSelectionMethod: () => shortlist, ...group };
  return { ...scene(agents, options, { llmConfig }), a: agents[0], requests };
}

const start = async ({ a, manager, told }: Stage, message: string | MessageDraft = "go") =>
  await a.initiateChat(manager, { message, ...told });
/** Without those about the table itself, which these tests leave incomplete. */
const warnings = ({ events }: Stage) =>
  events.flatMap((event) => (event.type === "warning" && event.code !== "transitions" ? [event.code] : []));

test("D12-4 a shortlist with nobody who may follow ends the run, and says who was meant and who may", async () => {
  const on = stage(["b", "c"], { allowedOrDisallowedSpeakerTransitions: { a: ["a"] }, speakerTransitionsType: "allowed" });
  const { stopReason, stopDetail } = await start(on);
  assert.deepEqual(said(on.chat.messages), ["a: go"]);
  assert.equal(stopReason, "no-eligible-speaker");
  assert.match(String(stopDetail), /the selector of the group gave `b`, `c`, but transitions lead from `a` to `a` only/);
  assert.deepEqual(warnings(on), ["no-eligible-speaker"]);
});

test("D12-4 a shortlist of the last speaker alone goes before the rule that nobody repeats, with a warning", async () => {
  for (const repeat of [false, []] as const) {
    const on = stage(["a"], { allowRepeatSpeaker: repeat });
    await start(on);
    assert.deepEqual(said(on.chat.messages), ["a: go", "a: a says"]);
    assert.deepEqual(warnings(on), ["candidates-emptied"]);
  }
});

test("D12-16 a shortlist and transitions both hold", async () => {
  const ring = { a: ["b", "a"] } as const;
  const on = stage(["c", "b"], { allowedOrDisallowedSpeakerTransitions: ring, speakerTransitionsType: "allowed" });
  await start(on);
  assert.deepEqual(said(on.chat.messages), ["a: go", "b: b says"]);
  assert.deepEqual([on.requests.length, warnings(on)], [0, []]);
});

test("D12-16 a name that is given twice is one candidate", async () => {
  const on = stage(["b", "b"], {});
  await start(on);
  assert.deepEqual(said(on.chat.messages), ["a: go", "b: b says"]);
  assert.equal(on.requests.length, 0);
});

test("GRP-16 a shortlist of which nobody can run the tool is told to whoever wrote the selector", async () => {
  const on = stage(["b", "c"], {});
  on.a.registerFunctionMap({ f: () => "ran" });
  const tool_calls = [{ id: "1", type: "function" as const, function: { name: "f", arguments: "{}" } }];
  assert.match(
    String(await rejection(start(on, { content: null, tool_calls }))),
    /selector of the group gave `b`, `c`, but none of them can run `f`.*toolExecutorFor/,
  );
});
