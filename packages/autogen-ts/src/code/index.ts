export { codeReply } from "./code-reply.js";
export { dockerTag } from "./docker-tag.js";
export type { ChosenExecutor, CodeExecutor, CodeLimits, ExecuteCodeOptions, ExecutorRequest, NetworkAccess } from "./executor.js";
export { extractCode, extractCodeBlocks, MarkdownCodeExtractor } from "./extract.js";
export type { CodeExtractor, ExtractedCode, ExtractOptions } from "./extract.js";
export { fileNameFromCode, NOT_IN_WORKSPACE, resolveInside } from "./filename.js";
export type { FileNameClaim } from "./filename.js";
export {
  formatFunctionsForPrompt,
  FunctionWithRequirements,
  functionsModule,
  packagesOf,
  requireModuleName,
} from "./functions.js";
export type { FunctionRequirements, FunctionsPromptOptions, ImportForm, PythonFunction } from "./functions.js";
export { inferLanguage } from "./infer-language.js";
export type { InferredLanguage } from "./infer-language.js";
export { canonicalBlock, canonicalLanguage, DEFAULT_EXECUTION_POLICIES, extensionFor, programFor } from "./language.js";
export type { ExecutionPolicies } from "./language.js";
export { legacyLog } from "./legacy-log.js";
export { EXECUTOR_NAMES, isExecutorName } from "./named-executors.js";
export type { ExecutorName } from "./named-executors.js";
export { dangerIn } from "./sanitize.js";
export type { SanitizeMode } from "./sanitize.js";
export { silencePip } from "./silence-pip.js";
export { decideUseDocker } from "./use-docker.js";
export type { CodeBlock, CodeResult } from "../run/index.js";
