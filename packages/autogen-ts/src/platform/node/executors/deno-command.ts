/** How deno is started so that the code in it can do nothing but compute. Design: `sandbox`, section 3. */
import { AutogenError } from "../../../run/index.js";
import { findDeno } from "./embedded-packages.js";
import { findProgram } from "./find-program.js";

/** How deno is started on this machine. */
export interface DenoCommand {
  /** Program and arguments up to deno's own. */
  readonly prefix: readonly string[];
  /** Whether the memory is limited by the system; else it has to be watched. */
  readonly memoryIsLimited: boolean;
  /** Whether the system ends deno when this process ends, however it ends. */
  readonly diesWithParent: boolean;
}

/** Room for 300 MB of objects in Pyodide; more is no gain. */
export const MEMORY_LIMIT_BYTES = 805_306_368;

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
    prefix: [
      ...(setpriv === undefined ? [] : [setpriv, "--pdeathsig", "KILL", "--no-new-privs", ...asRoot, "--"]),
      ...(prlimit === undefined ? [] : [prlimit, `--data=${MEMORY_LIMIT_BYTES}`, "--core=0", "--fsize=100000000", "--"]),
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
 * Arguments of a run of trusted source text. Code of a model must not be the main module: what a main module
 * imports is read without asking for permission. The trusted text loads it while running, which does ask.
 */
export function denoArguments(
  source: string,
  {
    readable = [],
    writable = [],
    args = [],
  }: { readonly readable?: readonly string[]; readonly writable?: readonly string[]; readonly args?: readonly string[] },
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
    `data:application/typescript;base64,${Buffer.from(source).toString("base64")}`,
    ...args,
  ];
}

/** All that deno gets to see of the environment; Windows cannot start programs without these. */
export function denoEnvironment(): Record<string, string> {
  const kept = process.platform === "win32" ? ["SystemRoot", "TEMP", "USERPROFILE", "LOCALAPPDATA"] : [];
  const entries = kept.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(entries), NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", DENO_NO_PACKAGE_JSON: "1" };
}
