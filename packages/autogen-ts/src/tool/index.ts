export { parseArguments, repairLineBreaks } from "./arguments.js";
export type { ParsedArguments } from "./arguments.js";
export { resultText } from "./result.js";
