/** What a wrapper loads with its first call. */
export { filterOf, misfit, prepare } from "./attempt.js";
export { CallsUnderWay } from "./cached-call.js";
export { askGuarded } from "./request-guard.js";
