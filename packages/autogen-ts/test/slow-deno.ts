/** Packages of the embedded sandbox whose deno does not start as often as is wanted, and is the real one afterwards. */
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findDeno, findPyodide } from "../src/platform/node/executors/embedded-packages.js";

/** One start of the program. */
export interface DenoStart {
  readonly pid: number;
  /** Where deno would keep what it has compiled. */
  readonly cacheFolder: string;
}

export interface SlowDeno {
  /** For `packagesFrom`. */
  readonly packagesFrom: readonly string[];
  /** How often it was started so far, the first one first. */
  starts(): Promise<DenoStart[]>;
}

/**
 * @param folder an empty one
 * @param failures how many starts hang or, for `exit`, end by themselves
 */
export async function slowDeno(folder: string, failures: number, how: "hang" | "exit" = "hang"): Promise<SlowDeno> {
  const modules = join(folder, "node_modules");
  const platform = `${process.platform}-${process.arch}${process.platform === "linux" ? "-glibc" : ""}`;
  const log = join(folder, "starts");
  const script = [
    "#!/bin/sh",
    `echo "$$ $DENO_DIR" >> '${log}'`,
    `if [ "$(wc -l < '${log}')" -le ${failures} ]; then ${how === "hang" ? "exec tail -f /dev/null" : "exit 3"}; fi`,
    `exec '${await findDeno()}' "$@"`,
  ];
  for (const name of ["deno", `@deno/${platform}`]) {
    await mkdir(join(modules, name), { recursive: true });
    await writeFile(join(modules, name, "package.json"), JSON.stringify({ name }));
  }
  await writeFile(join(modules, "@deno", platform, "deno"), script.join("\n"), { mode: 0o755 });
  await symlink(dirname(join(findPyodide(), "x")), join(modules, "pyodide"));
  return {
    packagesFrom: [join(folder, "package.json")],
    starts: async () =>
      (await readFile(log, "utf8"))
        .trim()
        .split("\n")
        .map((line) => ({ pid: Number.parseInt(line, 10), cacheFolder: line.slice(line.indexOf(" ") + 1) })),
  };
}
