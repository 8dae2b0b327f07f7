export type {
  Choice,
  Group,
  Member,
  SelectingManager,
  Selection,
  SelectionOptions,
  SelectorAnswer,
  SpeakerFunction,
  SpeakerMethod,
} from "./contract.js";
export {
  GROUP_CHAT_INTRO,
  GROUP_CHAT_MANAGER_SYSTEM_MESSAGE,
  SELECT_SPEAKER_MESSAGE,
  SELECT_SPEAKER_MULTIPLE,
  SELECT_SPEAKER_NONE,
  SELECT_SPEAKER_PROMPT,
  SOCIETY_OF_MIND_PREAMBLE,
  SOCIETY_OF_MIND_PROMPT,
} from "./default-texts.js";
export { checkGraph, checkGraphValidity } from "./graph/check-graph.js";
export type {
  GraphError,
  GraphErrorKind,
  GraphProblem,
  GraphReport,
  GraphWarning,
  GraphWarningKind,
} from "./graph/check-graph.js";
export { countSpeakerTurns } from "./graph/count-turns.js";
export type { CountOptions, TurnCounts } from "./graph/count-turns.js";
export { visualizeSpeakerTransitions } from "./graph/visualize.js";
export type { VisualizeOptions } from "./graph/visualize.js";
export { hasSelfLoops, invertDisallowedToAllowed } from "./graph/transition-table.js";
export type { TransitionTable } from "./graph/transition-table.js";
export type {
  AfterTurnTable,
  Handoff,
  HandoffCondition,
  HandoffOptions,
  Handoffs,
  HandoffState,
  HandoffTable,
  TurnTarget,
} from "./handoffs.js";
export { GroupChat } from "./group-chat.js";
export { GroupChatManager, runGroupChat } from "./manager.js";
export type { GroupChatManagerOptions } from "./manager.js";
export type { GroupState, ManagerState } from "./manager-state.js";
export type { FindOptions } from "./members.js";
export type { GroupChatOptions, SelectionTransform } from "./options.js";
export type { Resumed, ResumeOptions } from "./resume.js";
export { runInnerMonologue, SocietyOfMindAgent } from "./society-of-mind.js";
export type { ResponsePreparer, SocietyOfMindOptions } from "./society-of-mind.js";
// Not by their index: the rest of that folder is loaded when a speaker is selected.
export { mentionedAgents, resolveSpeaker } from "./speakers/names-in-answer.js";
export type { ResolveOptions, SpeakerAnswer, TextSource } from "./speakers/names-in-answer.js";
export { toolExecutorFor } from "./tool-executors.js";
export { SpeakerTransitions } from "./transitions.js";
export type { NamedTransitions, TransitionOptions, TransitionsType } from "./transitions.js";
