/** How deno is started so that the code in it can do nothing but compute. Design: `sandbox`, section 3. */
import { join } from "node:path";
import { AutogenError } from "../../../run/index.js";
import { findDeno } from "./embedded-packages.js";
import { findProgram } from "./find-program.js";

/** How deno is started on this machine. */
export interface DenoCommand {
  /** Path of the program. */
  readonly program: string;
  /** Program and arguments up to deno's own. */
  readonly prefix: readonly string[];
  /** Whether the memory is limited by the system; else it has to be watched. */
  readonly memoryIsLimited: boolean;
  /** Whether the system ends deno when this process ends, however it ends. */
  readonly diesWithParent: boolean;
}

/** Of memory that is really there, where it is watched: room for some 500 MB beside what Pyodide takes. */
export const MEMORY_LIMIT_BYTES = 805_306_368;

/**
 * Of memory that may be written to, where the system limits it. Deno with Pyodide has reserved 700 to 750 MB of it once it
 * is ready, most of it never used; a limit close to that lets it die, or hang, at its start. The rest is for the code.
 */
const DATA_LIMIT_BYTES = 1_258_291_200;

/**
 * @param packagesFrom files or addresses of modules from where npm packages are looked for
 * @throws AutogenError `missing-package` when deno is not there
 */
export async function denoCommand(packagesFrom?: readonly string[]): Promise<DenoCommand> {
  const deno = await findDeno(packagesFrom);
  const prlimit = await linuxProgram("prlimit");
  const setpriv = await linuxProgram("setpriv");
  const asRoot = process.getuid?.() === 0 ? ["--bounding-set=-all", "--inh-caps=-all"] : [];
  return {
    program: deno,
    prefix: [
      ...(setpriv === undefined ? [] : [setpriv, "--pdeathsig", "KILL", "--no-new-privs", ...asRoot, "--"]),
      ...(prlimit === undefined ? [] : [prlimit, `--data=${DATA_LIMIT_BYTES}`, "--core=0", "--fsize=100000000", "--"]),
      deno,
    ],
    memoryIsLimited: prlimit !== undefined,
    diesWithParent: setpriv !== undefined,
  };
}

async function linuxProgram(name: string): Promise<string | undefined> {
  return process.platform === "linux" ? findProgram(name, process.env["PATH"]) : undefined;
}

/**
 * Arguments of a run of trusted source text, JavaScript unless said otherwise. Code of a model must not be the main module: what a main module
 * imports is read without asking for permission. The trusted text loads it while running, which does ask.
 */
export function denoArguments(
  source: string,
  {
    readable = [],
    writable = [],
    args = [],
    language = "javascript",
  }: {
    readonly readable?: readonly string[];
    readonly writable?: readonly string[];
    readonly args?: readonly string[];
    readonly language?: "javascript" | "typescript";
  },
): string[] {
  const listed = [...readable, ...writable].find((path) => path.includes(","));
  if (listed !== undefined) {
    throw new AutogenError(
      "unsupported",
      `The embedded sandbox cannot use the folder \`${listed}\`: its path has a comma, which separates paths there. Move it.`,
    );
  }
  return [
    ...["run", "--quiet", "--no-prompt", "--no-remote", "--no-npm", "--no-config", "--no-lock", "--cached-only"],
    ...(readable.length === 0 ? [] : [`--allow-read=${readable.join(",")}`]),
    ...(writable.length === 0 ? [] : [`--allow-write=${writable.join(",")}`]),
    `data:application/${language};base64,${Buffer.from(source).toString("base64")}`,
    ...args,
  ];
}

/**
 * All that deno gets to see of the environment; Windows cannot start programs without some of it.
 *
 * Deno keeps what it has compiled in databases of the user's home, unless told where else. Whoever waits for a lock of
 * theirs waits for five seconds or more, so a deno that is stopped in the middle of writing would keep all others of this
 * machine from starting; and traces of the code would stay there.
 *
 * @param cacheFolder not shared with a deno that is ever stopped. @default none: a path below a file can be no folder
 */
export function denoEnvironment({ program }: DenoCommand, cacheFolder: string = join(program, "none")): Record<string, string> {
  const kept = process.platform === "win32" ? ["SystemRoot", "TEMP", "USERPROFILE", "LOCALAPPDATA"] : [];
  const entries = kept.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const settings = { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", DENO_NO_PACKAGE_JSON: "1", DENO_DIR: cacheFolder };
  return { ...Object.fromEntries(entries), ...settings };
}
