/**
 * A model chooses. Specification chapter 12, section 6.2. A short loop of requests, not a hidden second chat: what is
 * asked is what the reference asks, and its usage counts in the run.
 */
import { contentText, wireMessages, type Message, type WireMessage } from "../../message/index.js";
import type { ResponseMessage, Run } from "../../run/index.js";
import type { Agent, ModelCaller } from "../../chat/index.js";
import { SELECT_SPEAKER_PROMPT, SELECT_SPEAKER_STRUCTURED_PROMPT } from "../default-texts.js";
import { filledTemplate } from "../roles.js";
import type { Choice } from "../contract.js";
import { isRefusal, nameIn, parametersOf, type AnswerForm } from "./answer-form.js";
import type { Selecting } from "./method.js";
import { resolveSpeaker, type SpeakerAnswer } from "./names-in-answer.js";

/** Who asks and who answers, as models are told. */
const ASKING = "checking_agent";
const ANSWERING = "speaker_selection_agent";

/** The agent that the model names; after the last attempt, the next eligible one in order. */
export async function selectByModel(request: Selecting, client: ModelCaller): Promise<Choice> {
  const { group, last, eligible, manager } = request;
  // A part of its own: its usage is that of this selection, whatever else goes on in the run at the same time.
  const run = request.run.child("selection");
  const selecting = { ...request, run };
  const attempts = 1 + group.maxRetriesForSelectingSpeaker;
  const candidates = eligible.map(({ name }) => name);
  const told = { silent: !group.selectSpeakerAutoVerbose };
  warnOfDescriptions(eligible, run);
  const transcript = blanked(selecting.transcript);
  let corrections: readonly Message[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const place = { group: manager.name, attempt, most: attempts };
    const question = corrections.at(-1)?.content ?? promptFor(selecting, formOf(selecting));
    run.emit({ type: "speaker.asked", ...place, candidates, question: contentText(question) }, told);
    const answer = await ask(selecting, client, { transcript, corrections });
    const found = resolved(selecting, answer);
    run.emit({ type: "speaker.answered", ...place, answer, ...outcomeOf(found) }, told);
    const tokens = run.usage.totals.totalTokens;
    const agent = found.kind === "one" ? eligible.find(({ name }) => name === found.name) : undefined;
    if (agent !== undefined) return { agent, attempts: attempt, tokens };
    if (attempt === attempts) return { agent: group.nextAgent(last, eligible), attempts: attempt, tokens };
    const template = found.kind === "several" ? group.selectSpeakerAutoMultipleTemplate : group.selectSpeakerAutoNoneTemplate;
    const correction = asked(selecting, filledTemplate(template, eligible));
    corrections = [...corrections, { role: "assistant", name: ANSWERING, content: answer }, correction];
  }
}

interface Talk {
  readonly transcript: readonly Message[];
  /** Answers that named nobody or several, each with what was said to it. */
  readonly corrections: readonly Message[];
}

const formOf = ({ group }: Selecting): AnswerForm =>
  group.select.output === "structured" ? group.answerForms.strictest : "text";

/** A schema holds the names already: asking for them once more is paid for in every request. */
function promptFor({ group, eligible }: Selecting, form: AnswerForm): string | null {
  const prompt = group.selectSpeakerPrompt(eligible);
  const own = prompt !== filledTemplate(SELECT_SPEAKER_PROMPT, eligible);
  return own || form === "text" ? prompt : SELECT_SPEAKER_STRUCTURED_PROMPT;
}

async function ask(selecting: Selecting, client: ModelCaller, { transcript, corrections }: Talk): Promise<string> {
  const { group, eligible, manager, run } = selecting;
  const system: WireMessage = { role: "system", content: group.selectSpeakerMsg(eligible) };
  const names = eligible.map(({ name }) => name);
  for (;;) {
    const form = formOf(selecting);
    const prompt = promptFor(selecting, form);
    const closing = prompt === null ? [] : [asked(selecting, prompt)];
    const seen = await group.transformedForSelection([...transcript, ...closing, ...corrections], run);
    const messages = [system, ...wireMessages(seen)];
    try {
      const response = await client.create({ ...parametersOf(form, names), messages, cache: null, agent: manager.name, run });
      const [answer = null] = client.extractTextOrCompletionObject(response);
      return form === "text" ? textOf(answer) : nameIn(answer);
    } catch (error) {
      if (form === "text" || !isRefusal(error)) throw error;
      group.answerForms.refused(form);
      run.warn(
        "structured-output-refused",
        `The endpoint that chooses speakers for \`${manager.name}\` refuses ${form === "schema" ? "a schema for its answer" : "to be told which tool to call"}; it is asked for ${group.answerForms.strictest === "text" ? "a text" : "a call of a tool"} instead.`,
      );
    }
  }
}

const textOf = (answer: string | ResponseMessage | null): string =>
  typeof answer === "string" ? answer : (answer?.content ?? "");

function warnOfDescriptions(agents: readonly Agent[], run: Run): void {
  for (const { name, description = "" } of agents) {
    if (description.trim() !== "") continue;
    run.warn(
      "empty-description",
      `\`${name}\` has no description, so a model that chooses speakers knows only its name. Pass \`description\`.`,
    );
  }
}

/** No call may be left without its answer: the last one is not answered yet. */
function blanked(transcript: readonly Message[]): readonly Message[] {
  const last = transcript.at(-1);
  if (last === undefined || !("tool_calls" in last || "function_call" in last)) return transcript;
  const {
    tool_calls: _tools,
    function_call: _call,
    ...rest
  } = last as Message & {
    readonly tool_calls?: unknown;
    readonly function_call?: unknown;
  };
  return [...transcript.slice(0, -1), rest];
}

/** Users may have the prompt said in any role. */
const asked = ({ group }: Selecting, content: string): Message =>
  ({ role: group.roleForSelectSpeakerMessages, name: ASKING, content }) as Message;

function resolved({ group, eligible }: Selecting, answer: string): SpeakerAnswer {
  const names = eligible.map(({ name }) => name);
  return resolveSpeaker(answer, names, { ignoreCase: group.select.caseSensitive === false });
}

function outcomeOf(found: SpeakerAnswer): { readonly found: readonly string[] } {
  if (found.kind === "one") return { found: [found.name] };
  return { found: found.kind === "several" ? found.names : [] };
}
