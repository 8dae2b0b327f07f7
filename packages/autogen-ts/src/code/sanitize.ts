/**
 * Refusal of a few famous commands. Specification chapter 24, section 6.
 * A speed bump against accidents, not a border against an adversary: that is what isolating executors are for.
 */

/** `fail`: a failed result that the model reads; `throw`: an error for the caller, as in the reference; `off`: no check. */
export type SanitizeMode = "fail" | "throw" | "off";

/** The text that tells why a shell block is refused, or undefined. Other languages are not checked. */
export function dangerIn(language: string, code: string): string | undefined {
  if (language !== "bash" && language !== "shell" && language !== "sh") return undefined;
  const lines = code.replace(/\\\r?\n/g, " ").split("\n");
  const rule = RULES.find(({ matches }) => lines.some(matches));
  const reason = rule?.reason ?? (isForkBomb(code) ? "Fork bombs are not allowed." : undefined);
  return reason === undefined ? undefined : `Potentially dangerous command detected: ${reason}`;
}

interface Rule {
  readonly reason: string;
  readonly matches: (line: string) => boolean;
}

const RULES: readonly Rule[] = [
  { reason: "Use of 'rm -rf' command is not allowed.", matches: removesTree },
  { reason: "Moving files to /dev/null is not allowed.", matches: movesToNull },
  {
    reason: "Use of 'dd' command is not allowed.",
    matches: (line) => /(?:^|[;|&(`])[ \t]*(?:sudo[ \t]{1,8})?dd(?:[ \t]|$)/.test(line),
  },
  { reason: "Overwriting disk blocks directly is not allowed.", matches: (line) => />[ \t]*\/dev\/sd[a-z]\d?/.test(line) },
];

/** `rm` with both a recursive and a forcing flag, in any spelling and anywhere, as the reference looks for it. */
function removesTree(line: string): boolean {
  for (const [command] of line.matchAll(/\brm[ \t][^;|&\n]*/g)) {
    const flags = command.split(/[\s'")]+/).filter((word) => word.startsWith("-"));
    const isSet = (short: RegExp, long: string): boolean =>
      flags.some((flag) => flag === long || (!flag.startsWith("--") && short.test(flag)));
    if (isSet(/r/i, "--recursive") && isSet(/f/, "--force")) return true;
  }
  return false;
}

function movesToNull(line: string): boolean {
  const target = line.lastIndexOf("/dev/null");
  return target > 0 && /\s/.test(line.charAt(target - 1)) && /\bmv\b/.test(line.slice(0, target));
}

/** A function that calls itself twice, at once, in the background; blanks do not matter. */
function isForkBomb(code: string): boolean {
  return /(:|\w{1,32})\(\)\{\1\|\1&\};?\1/.test(code.replace(/\s+/g, ""));
}
