/** Whether a container is wanted, by argument or environment. Specification chapter 24, section 2. */
import { AutogenError } from "../run/index.js";

/**
 * A given value as it is; else what `AUTOGEN_USE_DOCKER` says, true when that is not set.
 *
 * @param environmentValue the value of `AUTOGEN_USE_DOCKER`
 * @throws AutogenError `invalid-config` for any other word in the environment
 */
export function decideUseDocker<T extends boolean | string>(
  value: T | null | undefined,
  environmentValue: string | undefined,
): T | boolean | null {
  if (value !== undefined && value !== null) return value;
  const word = (environmentValue ?? "true").toLowerCase();
  if (["1", "true", "yes", "t"].includes(word)) return true;
  if (["0", "false", "no", "f"].includes(word)) return false;
  if (word === "none") return null;
  throw new AutogenError(
    "invalid-config",
    `Invalid value for AUTOGEN_USE_DOCKER: ${environmentValue ?? ""}. Please set AUTOGEN_USE_DOCKER to "1/True/yes", "0/False/no", or "None".`,
  );
}
