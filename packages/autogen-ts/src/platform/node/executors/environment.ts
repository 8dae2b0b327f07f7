/**
 * The environment of child processes: an allow-list, so that keys of the host program stay with it.
 * Specification chapter 24, section 12.
 */

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a child gets besides the allow-list. */
export interface ChildEnvironmentOptions {
  /** Further variables, given on purpose. */
  readonly env?: Environment;
  /** Hand down everything, as the reference does. @default false */
  readonly inheritEnv?: boolean;
}

/** What a child may see of `source`, with output in UTF-8 and without buffering, so that nothing is lost when it is stopped. */
export function childEnvironment(
  source: Environment,
  { env = {}, inheritEnv = false }: ChildEnvironmentOptions = {},
): Record<string, string> {
  const kept = inheritEnv ? source : Object.fromEntries(Object.entries(source).filter(([name]) => isHarmless(name)));
  return defined({ ...kept, ...PYTHON_SETTINGS, ...env });
}

/** Settings that make Python speak UTF-8 whatever the system's language is. */
export const PYTHON_SETTINGS = { PYTHONIOENCODING: "utf-8", PYTHONUTF8: "1", PYTHONUNBUFFERED: "1" } as const;

const HARMLESS: ReadonlySet<string> = new Set(
  (
    "PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TERM TMPDIR TMP TEMP VIRTUAL_ENV CONDA_PREFIX " +
    "HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT USERPROFILE APPDATA LOCALAPPDATA"
  ).split(" "),
);

function isHarmless(name: string): boolean {
  const upper = name.toUpperCase();
  return HARMLESS.has(upper) || upper.startsWith("LC_");
}

function defined(variables: Environment): Record<string, string> {
  const entries = Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}
