/** Compares what happened with what a case expects, by the rules of the cases' README. */
import { withDefaultTexts } from "../map/default-texts.mjs";
import { mapStrings } from "../map/json.mjs";
import { Differs, differ } from "./differs.mjs";
import { compareSteps } from "./steps.mjs";
import { compareTexts } from "./texts.mjs";
import { compareValues } from "./values.mjs";

/**
 * @param {any} wanted `expected` of a case
 * @param {any} got what happened, in the same form
 * @param {any} [rules] `compare` of the case
 * @returns {Differs | null} the first difference
 */
export function compareCase(wanted, got, rules = {}) {
  try {
    if (rules.mode === "invariants") checkInvariants(rules.invariants, got);
    else compareOutcomes(mapStrings(wanted, withDefaultTexts), got, rules);
    return null;
  } catch (error) {
    if (error instanceof Differs) return error;
    throw error;
  }
}

function compareOutcomes(want, got, rules) {
  if ("setup_error" in want || "setup_error" in got) {
    if (!("setup_error" in want && "setup_error" in got))
      differ("setup_error", want.setup_error ?? null, got.setup_error ?? null);
    return;
  }
  compareSteps(want.steps, got.steps ?? []);
  const apart = rules.request_order === "per_endpoint";
  compareValues("requests", requests(want, apart), requests(got, apart), { loose: true });
  compareValues("events", events(want, apart), events(got, apart));
  for (const part of ["histories", "group_messages"]) compareValues(part, want[part] ?? {}, got[part] ?? {});
  for (const part of ["input_prompts", "inputs_left", "replies_left", "files"])
    compareValues(part, want[part] ?? null, got[part] ?? null);
  if (rules.console !== "skip") compareTexts("console", (want.console ?? []).join("\n"), (got.console ?? []).join("\n"));
}

/** `stream: false` counts as absent. @param {any} outcome @param {boolean} apart */
function requests({ requests: list = [] }, apart) {
  const cleaned = list.map((request) => {
    const { stream, ...body } = request.body;
    return stream === undefined || stream === false ? { ...request, body } : request;
  });
  return apart ? cleaned.toSorted((a, b) => byText(a.endpoint, b.endpoint)) : cleaned;
}

/** By code units, the same everywhere. @param {string} a @param {string} b */
const byText = (a, b) => (a < b ? -1 : Number(a > b));

const events = ({ events: list = [] }, apart) => (apart ? list.toSorted(byText) : list);

/** Who spoke after whom, where nothing can be recorded. */
function checkInvariants({ manager, messages, first, legal }, got) {
  const names = (got.group_messages?.[manager] ?? []).map(({ name }) => name);
  if (names.length !== messages || names[0] !== first)
    differ(`group_messages.${manager}`, `${messages} messages, the first by ${first}`, names);
  for (const [index, name] of names.entries()) {
    if (index > 0 && !legal[names[index - 1]].includes(name))
      differ(`group_messages.${manager}[${index}]`, legal[names[index - 1]], name);
  }
}
