export { executeFunction } from "./execute-function.js";
export { runCalls } from "./run-calls.js";
