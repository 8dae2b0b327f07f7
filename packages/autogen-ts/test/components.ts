/**
 * Programs and packages that some tests need. A test whose component is missing is skipped and said so in a closing
 * list; with `AUTOGEN_TEST_REQUIRE=all` it fails instead.
 */
import { spawnSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { createRequire } from "node:module";

export type Component =
  | "bubblewrap"
  | "deno"
  | "pyodide"
  | "python3"
  | "pip"
  | "bash"
  | "redis-server"
  | "podman"
  | "jupyter-server"
  | "srt"
  | "chromium";

const INSTALL: Readonly<Record<Component, string>> = {
  bubblewrap: "apt-get install -y bubblewrap",
  deno: "npm install deno",
  pyodide: "npm install pyodide",
  python3: "apt-get install -y python3",
  pip: "apt-get install -y python3-pip",
  bash: "apt-get install -y bash",
  "redis-server": "apt-get install -y redis-server",
  podman: "apt-get install -y podman runc (and run the tests as root, on Debian)",
  "jupyter-server": "apt-get install -y jupyter-server python3-ipykernel",
  chromium: "apt-get install -y chromium",
  srt: "apt-get install -y bubblewrap socat ripgrep, and npm install",
};

/**
 * Whether a component is present. When it is not, the lack is written down once per call as a line of JSON
 * (`component`, `install`) in the file that `AUTOGEN_TEST_SKIP_LIST` names.
 *
 * @throws Error when `AUTOGEN_TEST_REQUIRE` is `all`
 */
export function hasComponent(component: Component): boolean {
  if (isPresent(component)) return true;
  const install = INSTALL[component];
  const list = process.env["AUTOGEN_TEST_SKIP_LIST"];
  if (list !== undefined && list !== "") appendFileSync(list, `${JSON.stringify({ component, install })}\n`);
  if (process.env["AUTOGEN_TEST_REQUIRE"] === "all")
    throw new Error(`The tests need \`${component}\`, which is missing. Install it: \`${install}\`.`);
  return false;
}

/** Whether all of several components are present; each missing one is written down. */
export function hasComponents(...components: readonly Component[]): boolean {
  return components.map(hasComponent).every((present) => present);
}

function isPresent(component: Component): boolean {
  switch (component) {
    case "bubblewrap":
      return startsWell("bwrap", ["--unshare-all", "--ro-bind", "/", "/", "true"]); // installed, and allowed to work
    case "deno":
    case "pyodide":
      return isResolvable(`${component}/package.json`);
    case "podman": // the image for tests is made from packages of Debian that are installed
      return (
        process.getuid?.() === 0 &&
        startsWell("podman", ["--version"]) &&
        startsWell("runc", ["--version"]) &&
        startsWell("dpkg-query", ["--version"])
      );
    case "jupyter-server":
      return startsWell("/usr/bin/python3", ["-c", "import jupyter_server, ipykernel"]);
    case "srt":
      return (
        isResolvable("@anthropic-ai/sandbox-runtime") &&
        hasComponent("bubblewrap") &&
        startsWell("socat", ["-V"]) &&
        startsWell("rg", ["--version"])
      );
    case "pip":
      return startsWell("/usr/bin/python3", ["-m", "pip", "--version"]);
    default:
      return startsWell(component, ["--version"]);
  }
}

function startsWell(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

function isResolvable(request: string): boolean {
  try {
    createRequire(import.meta.url).resolve(request);
    return true;
  } catch {
    return false;
  }
}
