export { askModel, normalizeName } from "./ask-model.js";
export { callFunction, callTools } from "./call-tools.js";
export { checkTermination } from "./check-termination.js";
export { executeCode } from "./execute-code.js";
