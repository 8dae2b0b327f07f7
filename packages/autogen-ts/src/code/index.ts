export type { ChosenExecutor, CodeExecutor, ExecuteCodeOptions, ExecutorRequest } from "./executor.js";
export type { CodeBlock, CodeResult } from "../run/index.js";
