export { fakeExecutor } from "./fake-executor.js";
export type { FakeExecutor, FakeResult } from "./fake-executor.js";
export { forbidRequests } from "./forbid-requests.js";
export type { ForbidOptions } from "./forbid-requests.js";
export { readRecording, record, replay } from "./recording-file.js";
export type { RecordOptions } from "./recording-file.js";
export { scriptedHuman } from "./scripted-human.js";
export type { ScriptedHuman } from "./scripted-human.js";
export { scriptedModel } from "./scripted-model.js";
export type { ScriptedModel } from "./scripted-model.js";
export { failing, streamed } from "./scripted-reply.js";
export type {
  FailureOptions,
  ScriptedAnswer,
  ScriptedFailure,
  ScriptedMessage,
  ScriptedReply,
  ScriptedStream,
} from "./scripted-reply.js";
