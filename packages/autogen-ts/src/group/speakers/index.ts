export { AnswerForms } from "./answer-form.js";
export { selectByModel } from "./auto.js";
export { selectByHuman } from "./manual.js";
export type { Selecting } from "./method.js";
export { mentionedAgents, resolveSpeaker } from "./names-in-answer.js";
export type { ResolveOptions, SpeakerAnswer, TextSource } from "./names-in-answer.js";
export { selectAtRandom } from "./random.js";
export { selectInTurn } from "./round-robin.js";
