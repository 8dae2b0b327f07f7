export {
  approvalLine,
  approvalPrompt,
  approvalQuestion,
  argumentsHash,
  checkedAnswer,
  denialText,
  isAnswer,
  isSameQuestion,
  readApproval,
  shownArguments,
} from "./approval.js";
export type {
  ApprovalAnswer,
  ApprovalCall,
  ApprovalPolicy,
  ApprovalQuestion,
  ApprovalVerdict,
  SavedApproval,
} from "./approval.js";
export { parseArguments, formatJsonStr } from "./arguments.js";
export type { ParsedArguments, ToolArguments } from "./arguments.js";
export { argumentCheck } from "./argument-check.js";
export type { ArgumentCheck, CheckedArguments } from "./checked-arguments.js";
export type { ToolContext } from "./context.js";
export { checkSettings, checkToolName, defineTool } from "./define-tool.js";
export type { Tool, ToolEntry, ToolSettings, ToolSignature } from "./define-tool.js";
export type { ArgumentsOf } from "./infer-arguments.js";
export type { ParameterSchema } from "./parameter-schema.js";
export { failure, imagePart, MAX_OUTPUT_CHARS, outcomeOf, resultText } from "./result.js";
export { ToolSignatures } from "./signatures.js";
export type { SignatureOptions, ToolStyle } from "./signatures.js";
