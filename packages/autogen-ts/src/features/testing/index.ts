export { readRecording, record, replay } from "./recording-file.js";
export { scriptedModel } from "./scripted-model.js";
export type { ScriptedModel, ScriptedReply } from "./scripted-model.js";
