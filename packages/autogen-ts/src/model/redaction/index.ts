export { createRedactor } from "./redactor.js";
export type { RedactedCopyOptions, Redactor, RedactorOptions } from "./redactor.js";
export { secretPatterns, withoutMatches } from "./secret-patterns.js";
