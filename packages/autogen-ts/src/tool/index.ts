export { parseArguments, repairLineBreaks } from "./arguments.js";
export type { ParsedArguments } from "./arguments.js";
export { checkToolName, defineTool } from "./define-tool.js";
export type { ParameterSchema, Tool, ToolEntry, ToolSignature } from "./define-tool.js";
export { resultText } from "./result.js";
export { ToolSignatures } from "./signatures.js";
export type { SignatureOptions, ToolStyle } from "./signatures.js";
