/** Deliberate differences that apply to any case: what the library makes of a recorded expectation. */

/** @typedef {import("./service/answers.mjs").Served} Served */
/** @typedef {{ outcome: any, served: Served[][] }} Played */
/** Gives the expectation itself when there is nothing to change. @typedef {(expected: any, played: Played) => any} Rule */

/**
 * The reference gives what both partners used since they were made. Here the tokens of a chat must be those that the
 * service counted in its step; the money of them is then taken as reported.
 *
 * @type {Rule}
 */
export function costOfTheRun(expected, { outcome, served }) {
  return withSteps(expected, (step, index) => {
    const [wanted, gotten] = [chatsOf(step.result), chatsOf(outcome.steps?.[index]?.result)];
    if (wanted.length === 0 || wanted.length !== gotten.length || !reportsWhatWasServed(gotten, served[index] ?? [])) return step;
    if (JSON.stringify(wanted.map(tokensOfChat)) === JSON.stringify(gotten.map(tokensOfChat))) return step;
    return { ...step, result: withCosts(step.result, gotten) };
  });
}

const isChat = (result) => typeof result === "object" && result !== null && "chat_history" in result;

/** The chat results of a step: one, a list, or an object by id. */
function chatsOf(result) {
  if (isChat(result)) return [result];
  return typeof result === "object" && result !== null ? Object.values(result).filter(isChat) : [];
}

function withCosts(result, chats) {
  if (isChat(result)) return { ...result, cost: chats[0].cost };
  const changed = Object.entries(result).map(([key, chat], index) => [key, { ...chat, cost: chats[index].cost }]);
  return Array.isArray(result) ? changed.map(([, chat]) => chat) : Object.fromEntries(changed);
}

const tokensOfChat = ({ cost }) => tokensIn(cost.usage_excluding_cached_inference);

/** Model → tokens, in order of names. */
function tokensIn(summary) {
  const models = Object.entries(summary).filter(([key]) => key !== "total_cost");
  return models
    .map(([model, { prompt_tokens, completion_tokens }]) => [model, prompt_tokens, completion_tokens])
    .toSorted(byName);
}

/** @param {readonly any[]} a @param {readonly any[]} b */
const byName = ([a], [b]) => (a < b ? -1 : Number(a > b));

function reportsWhatWasServed(chats, served) {
  if (served.includes(null)) return false;
  const reported = chats.flatMap(tokensOfChat).map(([model, prompt, completion]) => ({ model, prompt, completion }));
  return JSON.stringify(total(reported)) === JSON.stringify(total(served));
}

function total(usages) {
  /** @type {Record<string, [number, number]>} */
  const sums = {};
  for (const { model, prompt, completion } of usages) {
    if (prompt + completion === 0) continue;
    const [before, after] = sums[model] ?? [0, 0];
    sums[model] = [before + prompt, after + completion];
  }
  return Object.entries(sums).toSorted(byName);
}

/** @type {Rule} */
export function usageAskedFor(expected) {
  const requests = expected.requests ?? [];
  if (!requests.some(isPlainStream)) return expected;
  const asking = (request) =>
    isPlainStream(request) ? { ...request, body: { ...request.body, stream_options: { include_usage: true } } } : request;
  return { ...expected, requests: requests.map(asking) };
}

const isPlainStream = ({ body }) => body.stream === true && body.stream_options === undefined;

const SMALL_NUMBER = /\b\d(?:\.\d+)?e-\d+\b/g;

/** @type {Rule} */
export function smallNumbers(expected) {
  const lines = expected.console ?? [];
  const isUsage = (line) => /^(?:Total cost|\* Model '.*': cost): /.test(line) && line.search(SMALL_NUMBER) !== -1;
  if (!lines.some(isUsage)) return expected;
  return { ...expected, console: lines.map((line) => (isUsage(line) ? line.replace(SMALL_NUMBER, written) : line)) };
}

/** Costs have five decimals. */
const written = (number) => Number(number).toFixed(5).replace(/0+$/, "");

/** The same expectation where no step changes. */
function withSteps(expected, change) {
  const steps = (expected.steps ?? []).map(change);
  return steps.some((step, index) => step !== expected.steps[index]) ? { ...expected, steps } : expected;
}

const ASYNC = "EXECUTING ASYNC FUNCTION";

/** @type {Rule} */
export function onePath(expected) {
  const lines = expected.console ?? [];
  if (!lines.some((line) => line.includes(ASYNC))) return expected;
  return { ...expected, console: lines.map((line) => line.replace(ASYNC, "EXECUTING FUNCTION")) };
}

const BANNER = /^\*{5} Response from calling /;

/** @type {Rule} */
export function compactResults(expected, { outcome }) {
  const printed = outcome.console ?? [];
  const lines = expected.console ?? [];
  const changed = lines.map((line, index) => {
    const isResult = index > 0 && BANNER.test(lines[index - 1]);
    return isResult && line !== printed[index] && compact(line) === printed[index] ? printed[index] : line;
  });
  return changed.some((line, index) => line !== lines[index]) ? { ...expected, console: changed } : expected;
}

function compact(text) {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text; // no JSON
  }
}

const NEXT_SPEAKER = /^Next speaker: /;

/**
 * Chats started the asynchronous way say who speaks next, as the others do.
 *
 * @type {Rule}
 */
export function nextSpeakerTold(expected, { outcome }) {
  const [wanted, printed] = [expected.console ?? [], outcome.console ?? []];
  if (wanted.some((line) => NEXT_SPEAKER.test(line)) || !printed.some((line) => NEXT_SPEAKER.test(line))) return expected;
  const silent = printed.filter((_, index) => [-1, 0, 1].every((beside) => !NEXT_SPEAKER.test(printed[index + beside] ?? "")));
  return JSON.stringify(silent) === JSON.stringify(wanted) ? { ...expected, console: printed } : expected;
}

/**
 * After a resume everybody's own words are `assistant`, and in the manager's histories those of the others are `user`.
 *
 * @type {Rule}
 */
export function rolesAfterResume(expected, { outcome }) {
  const resumed = (expected.steps ?? []).some(
    ({ result }) => typeof result === "object" && result !== null && "last_agent" in result,
  );
  if (!resumed) return expected;
  const managers = Object.keys(outcome.group_messages ?? {});
  const histories = mapEntries(expected.histories ?? {}, (peers, agent) =>
    mapEntries(peers, (messages, peer) =>
      messages.map((message, index) => {
        const role = managers.includes(peer) && message.name === agent ? "assistant" : "user";
        const turned = managers.includes(agent) ? message.name === peer && message.role === "assistant" : message.role === "user";
        const got = outcome.histories?.[agent]?.[peer]?.[index];
        return turned && role !== message.role && got?.role === role ? { ...message, role } : message;
      }),
    ),
  );
  return { ...expected, histories };
}

/** @param {Readonly<Record<string, any>>} object @param {(value: any, key: string) => any} change */
const mapEntries = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));

/**
 * Who starts a group chat from outside is shown the transcript. In the reference it sees its own words alone.
 *
 * @type {Rule}
 */
export function transcriptForOutsiders(expected, { outcome }) {
  const transcripts = Object.values(outcome.group_messages ?? {}).map((messages) => JSON.stringify(messages));
  return withSteps(expected, (step, index) => {
    const [wanted, gotten] = [step.result, outcome.steps?.[index]?.result];
    if (!isChat(wanted) || !isChat(gotten) || wanted.chat_history.length !== 1) return step;
    const shown = JSON.stringify(gotten.chat_history);
    const isOutside = wanted.chat_history[0].role === "assistant" && gotten.chat_history[0]?.role === "user";
    if (!isOutside || !transcripts.includes(shown)) return step;
    const [own, last] = [wanted.chat_history[0].content, gotten.chat_history.at(-1).content];
    const summary = wanted.summary === own && gotten.summary === last ? last : wanted.summary;
    return { ...step, result: { ...wanted, chat_history: gotten.chat_history, summary } };
  });
}
