/** Limits of executed code: what holds unless the user says otherwise, and what makes no sense. */
import type { CodeLimits } from "../../../code/index.js";
import { AutogenError } from "../../../run/index.js";

/** What holds unless the user says otherwise. */
export const DEFAULT_LIMITS: CodeLimits = {
  memoryBytes: 536_870_912,
  totalMemoryBytes: 1_073_741_824,
  processes: 64,
  fileBytes: 100_000_000,
  folderBytes: 1_000_000_000,
  outputBytes: 1_000_000,
};

/**
 * All limits. The limit on all processes together is never below that on one, unless both are given.
 *
 * @throws AutogenError `invalid-option` for a limit that is no whole number above 0
 */
export function requireLimits(limits?: Partial<CodeLimits>): CodeLimits {
  return requireLimitsOf(DEFAULT_LIMITS, limits);
}

/**
 * The same for executors with limits of their own.
 *
 * @param fractions names of limits that need not be whole
 */
export function requireLimitsOf<T extends CodeLimits>(
  defaults: T,
  limits: Partial<T> = {},
  fractions: readonly string[] = [],
): T {
  for (const [name, value] of Object.entries(limits)) {
    const isNumber = typeof value === "number" && value > 0 && Number.isFinite(value);
    if (Object.hasOwn(defaults, name) && isNumber && (Number.isSafeInteger(value) || fractions.includes(name))) continue;
    throw new AutogenError(
      "invalid-option",
      `\`limits.${name}\` is ${String(value)}. Use whole numbers above 0 for ${Object.keys(defaults).join(", ")}.`,
    );
  }
  const totalMemoryBytes = limits.totalMemoryBytes ?? Math.max(defaults.totalMemoryBytes, limits.memoryBytes ?? 0);
  return { ...defaults, ...limits, totalMemoryBytes };
}

/** @throws AutogenError `invalid-option` for a limit under a second */
export function requireTimeout(timeoutSeconds: number): number {
  if (timeoutSeconds >= 1) return timeoutSeconds;
  throw new AutogenError("invalid-option", "Timeout must be greater than or equal to 1.");
}
