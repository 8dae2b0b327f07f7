/** Who speaks next: filters that hold for every method, then the method. Specification chapter 12, sections 4 and 5. */
import { AutogenError, unreachable, type Run } from "../run/index.js";
import type { Agent } from "../chat/index.js";
import type { Choice, Group, SelectingManager, Selection, SelectorAnswer } from "./contract.js";
import { isMember } from "./members.js";
import { selectAtRandom, selectByHuman, selectByModel, selectInTurn, type Selecting } from "./speakers/index.js";
import { calledBy, canRun, hasTools } from "./tool-executors.js";

/** What is to be decided. */
export interface SelectionRequest {
  readonly group: Group;
  readonly last: Agent;
  readonly manager: SelectingManager;
  readonly run: Run;
}

const METHODS = ["auto", "manual", "random", "round_robin"] as const;
type Method = (typeof METHODS)[number];

/**
 * @throws AutogenError `no-eligible-speaker` when nobody may speak; `invalid-option` for an unknown method, a selector
 *   that gives something else than documented, or too few agents; `no-tool-executor` when nobody can run what was called
 */
export async function selectSpeaker(request: SelectionRequest): Promise<Selection> {
  const { group, last } = request;
  const chosen = await shortlistOf(request);
  if ("agent" in chosen) return { agent: chosen.agent, method: "function", candidates: [chosen.agent], attempts: 0, tokens: 0 };
  const { method, members } = chosen;
  const repeat = group.mayRepeat(last);
  checkSize(request, method, members, repeat);
  const executors = executorsOf(group, members);
  if (executors.length === 1 && executors !== members) return onlyOne(executors);
  const eligible = eligibleOf(request, { members, executors, repeat });
  if (eligible.length === 1) return onlyOne(eligible);
  const { agent, attempts, tokens } = await chooseBy(method, { ...request, eligible, transcript: group.messages });
  return { agent, method, candidates: eligible, attempts, tokens };
}

interface Shortlist {
  readonly method: Method;
  readonly members: readonly Agent[];
}

/** Asks the selector of the user, if there is one. */
async function shortlistOf({ group, last, manager }: SelectionRequest): Promise<Shortlist | { readonly agent: Agent }> {
  const { speakerSelectionMethod: given } = group;
  if (typeof given !== "function") return { method: methodOf(given), members: group.agents };
  const answer: SelectorAnswer = await given(last, group);
  if (answer === null || answer === undefined) throw nobody(`the selector of the group chose nobody after \`${last.name}\``);
  if (typeof answer === "string") {
    const named = METHODS.some((one) => one === answer.toLowerCase())
      ? undefined
      : group.agents.find(({ name }) => name === answer);
    return named === undefined ? { method: methodOf(answer, group.agents), members: group.agents } : { agent: named };
  }
  if (isList(answer)) {
    if (answer.length === 0) throw nobody(`the selector of the group gave an empty list after \`${last.name}\``);
    return {
      method: group.selectionClient(manager) === null ? "round_robin" : "auto",
      members: [...new Set(answer.map((one) => checkedMember(group, one)))],
    };
  }
  return { agent: checkedMember(group, answer) };
}

/** `readonly` lists are not narrowed by `Array.isArray` alone. */
const isList = (answer: SelectorAnswer): answer is readonly (Agent | string)[] => Array.isArray(answer);

function checkedMember(group: Group, answer: unknown): Agent {
  const member = group.agents.find((agent) => agent === answer || agent.name === answer);
  if (member !== undefined) return member;
  const { name } = (typeof answer === "object" && answer !== null ? answer : {}) as { readonly name?: unknown };
  const stranger = typeof answer === "string" ? answer : name;
  const what = typeof stranger === "string" ? `\`${stranger}\`, which takes no part` : `a value of type ${typeof answer}`;
  throw new AutogenError(
    "invalid-option",
    `The selector of the group gave ${what}. Return one of ${group.agentNames.map((one) => `\`${one}\``).join(", ")}, a method's name, a list of agents, or null.`,
  );
}

/** @param agents those that a selector could have named */
function methodOf(given: string, agents: readonly Agent[] = []): Method {
  const method = METHODS.find((one) => one === given.toLowerCase());
  if (method !== undefined) return method;
  throw new AutogenError(
    "invalid-option",
    `There is no method \`${given}\` to select speakers. Pass ${METHODS.map((one) => `"${one}"`).join(", ")}, or ${agents.length === 0 ? "a function" : `one of ${listed(agents)}`}.`,
  );
}

function checkSize(
  { group, run, manager }: SelectionRequest,
  method: Method,
  members: readonly Agent[],
  repeat: boolean | null,
): void {
  const count = group.agents.length;
  if (count < 2) {
    throw new AutogenError(
      "invalid-option",
      `The group of \`${manager.name}\` has ${String(count)} participant${count === 1 ? "" : "s"}, too few to choose from. Add agents, or let the two chat directly.`,
    );
  }
  if (count > 2 || members.length < count || method === "round_robin" || repeat === false) return;
  run.warn(
    "small-group",
    `The group of \`${manager.name}\` has only two participants, and each may follow itself. Set \`allowRepeatSpeaker: false\` or "round_robin" to let them take turns.`,
  );
}

/** The candidates that can run what the last message calls; all of them when it calls nothing. */
function executorsOf(group: Group, members: readonly Agent[]): readonly Agent[] {
  const last = group.messages.at(-1);
  if (!group.funcCallFilter || last === undefined || !("function_call" in last || "tool_calls" in last)) return members;
  const names = calledBy(last).filter((name) => !group.handoffs.isTool(name));
  const able = members.filter((agent) => canRun(agent, names));
  if (able.length > 0) return able.length === members.length && able.length > 1 ? members : able;
  const owners = members.filter(hasTools);
  if (owners.length > 0) return owners;
  const what = names.map((name) => `\`${name}\``).join(", ");
  throw new AutogenError(
    "no-tool-executor",
    members === group.agents
      ? `No participant can run ${what}, and none has any tool. Register the tool with one of them by \`registerForExecution\`, or set \`funcCallFilter: false\`.`
      : `The selector of the group gave ${listed(members)}, but none of them can run ${what}, or has any tool. Let it give \`toolExecutorFor(groupChat)\` when that is somebody, or set \`funcCallFilter: false\`.`,
  );
}

interface Narrowing {
  /** The participants, or the shortlist of a selector. */
  readonly members: readonly Agent[];
  /** Those of them that can run what the last message calls. */
  readonly executors: readonly Agent[];
  readonly repeat: boolean | null;
}

/**
 * Repeat rule or transitions; users give one of them. Only transitions leave nobody: a filter for tools or a repeat rule
 * that would is passed over, with a warning (D12-4).
 */
function eligibleOf({ group, last, run }: SelectionRequest, { members, executors, repeat }: Narrowing): readonly Agent[] {
  if (!isMember(group, last)) return executors;
  if (!group.transitions.given) {
    const others = repeat === false ? executors.filter((agent) => agent !== last) : executors;
    if (others.length > 0) return others;
    run.warn(
      "candidates-emptied",
      `\`${last.name}\` is the only candidate and may not speak twice in a row. Somebody has to speak, so it does; list others as well, or leave out \`allowRepeatSpeaker\`.`,
    );
    return executors;
  }
  const next = group.transitions.allowedNext(last);
  const left = executors.filter((agent) => next.includes(agent));
  if (left.length > 0) return left;
  const allowed = members.filter((agent) => next.includes(agent));
  if (allowed.length === 0) throw nobody(whyNobody(group, last, members));
  run.warn(
    "candidates-emptied",
    `No transition leads from \`${last.name}\` to one that can run the tools it called, so all who may follow it are candidates. Allow a transition to ${listed(executors)}.`,
  );
  return allowed;
}

function whyNobody(group: Group, last: Agent, members: readonly Agent[]): string {
  const next = group.transitions.allowedNext(last);
  if (next.length === 0) return `no transition leads on from \`${last.name}\``;
  if (members === group.agents) return `no transition leads on from \`${last.name}\` to a participant`;
  return `the selector of the group gave ${listed(members)}, but transitions lead from \`${last.name}\` to ${listed(next)} only`;
}

const listed = (agents: readonly Agent[]): string => agents.map(({ name }) => `\`${name}\``).join(", ");

const nobody = (why: string): AutogenError => new AutogenError("no-eligible-speaker", `Nobody can speak next: ${why}.`);

const onlyOne = (candidates: readonly Agent[]): Selection => {
  const [agent] = candidates;
  if (agent === undefined) throw nobody("there is no candidate");
  return { agent, method: "only-one", candidates, attempts: 0, tokens: 0 };
};

async function chooseBy(method: Method, selecting: Selecting): Promise<Choice> {
  switch (method) {
    case "round_robin":
      return selectInTurn(selecting);
    case "random":
      return await selectAtRandom(selecting);
    case "manual":
      return await selectByHuman(selecting);
    case "auto":
      return await byModel(selecting);
    default:
      return unreachable(method);
  }
}

async function byModel(selecting: Selecting): Promise<Choice> {
  const { group, manager, last, eligible, run } = selecting;
  const client = group.selectionClient(manager);
  if (client !== null) return await selectByModel(selecting, client);
  run.warn(
    "no-model",
    `\`${manager.name}\` has no model to choose speakers with, so the next agent in order speaks. Pass \`llmConfig\`, \`selectSpeakerAutoLlmConfig\`, or \`speakerSelectionMethod: "round_robin"\`.`,
  );
  return { agent: group.nextAgent(last, eligible), attempts: 0, tokens: 0 };
}
