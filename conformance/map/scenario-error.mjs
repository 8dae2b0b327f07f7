/** What the runner itself cannot do: never taken for an error of the library. */

/** A scenario with something in it that the runner does not know, or that is wrong. */
export class ScenarioError extends Error {}

/** A mistake of the runner: it calls what is not there. Its place in the stack tells it from one of the library. */
const isRunnersMistake = (error) =>
  (error instanceof TypeError || error instanceof ReferenceError) && /^.*\n\s+at .*\/conformance\//.test(error.stack ?? "");

/** Whether a case cannot be judged by this error. @param {unknown} error */
export const isOwnFault = (error) => error instanceof ScenarioError || isRunnersMistake(error);
