/**
 * A container engine of one's own: Debian's Podman as root, with a folder for all that it keeps, and an image made from
 * the Debian packages that are installed here. Nothing is downloaded, and it takes about two seconds.
 */
import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const MANY = { maxBuffer: 64_000_000 };

/** A running engine with one image. */
export interface Podman {
  readonly socket: string;
  readonly image: string;
  /** For executors. */
  readonly settings: { readonly engine: string; readonly image: string; readonly pull: "never" };
  /** Runs `podman` with these arguments; gives what it printed. */
  command(...args: readonly string[]): Promise<string>;
  /** Makes a further image with these packages and what they need. */
  makeImage(name: string, packages: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

const PACKAGES = ["python3", "bash", "dash", "coreutils"];

export async function startPodman(): Promise<Podman> {
  const folder = mkdtempSync(join(tmpdir(), "podman-"));
  const socket = join(folder, "engine.sock");
  const env = { ...process.env, ...settingsIn(folder) };
  const command = async (...args: readonly string[]): Promise<string> =>
    (await run("podman", [...args], { ...MANY, env, cwd: folder })).stdout;
  const makeImage = async (name: string, packages: readonly string[]): Promise<string> => {
    const tree = join(folder, "tree");
    try {
      await makeTree(tree, packages);
      await run("sh", ["-c", `tar -C "$1" -c . | podman import -q - "$2"`, "sh", tree, name], { ...MANY, env, cwd: folder });
    } finally {
      rmSync(tree, { recursive: true, force: true });
    }
    return name;
  };
  const image = await makeImage("localhost/autogen-test:python", PACKAGES);
  const service = spawn("podman", ["system", "service", "--time=0", `unix://${socket}`], { env, cwd: folder, stdio: "ignore" });
  await listening(service, socket);
  return {
    socket,
    image,
    settings: { engine: `unix://${socket}`, image, pull: "never" },
    command,
    makeImage,
    async stop() {
      const closed = once(service, "close");
      service.kill("SIGTERM");
      await closed;
      await command("rm", "--all", "--force", "--time", "0");
      await run("umount", [join(folder, "graph", "overlay")]).catch(() => {}); // only there when Podman mounted it
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Root in a small virtual machine may not raise limits, and has no systemd. */
function settingsIn(folder: string): Record<string, string> {
  const engine = join(folder, "containers.conf");
  const storage = join(folder, "storage.conf");
  writeFileSync(
    engine,
    `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
cgroup_manager = "cgroupfs"
runtime = "runc"
events_logger = "none"
tmp_dir = "${folder}/tmp"
[network]
network_backend = "netavark"
network_config_dir = "${folder}/networks"
`,
  );
  writeFileSync(storage, `[storage]\ndriver = "overlay"\ngraphroot = "${folder}/graph"\nrunroot = "${folder}/run"\n`);
  return { CONTAINERS_CONF: engine, CONTAINERS_STORAGE_CONF: storage };
}

async function listening(service: ChildProcess, socket: string): Promise<void> {
  while (!existsSync(socket)) {
    if (service.exitCode !== null) throw new Error("`podman system service` did not start.");
    await wait(20);
  }
}

const LEFT_OUT = /^\/usr\/share\/(?:doc|man|locale|info|lintian|bug|common-licenses|perl|zoneinfo)\b|__pycache__|\.static-|\/\.$/;

/** A root file system from the files of installed packages. */
async function makeTree(tree: string, packages: readonly string[]): Promise<void> {
  for (const name of ["usr/bin", "usr/sbin", "usr/lib", "usr/lib64", "etc", "tmp", "proc", "dev", "sys", "workspace"])
    mkdirSync(join(tree, name), { recursive: true });
  for (const name of ["bin", "sbin", "lib", "lib64"]) symlinkSync(`usr/${name}`, join(tree, name));
  chmodSync(join(tree, "tmp"), 0o1777);
  writeFileSync(join(tree, "etc", "passwd"), "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n");
  const listed = await run("dpkg-query", ["-L", ...(await withDependencies(packages))], MANY);
  const files = new Set<string>();
  for (const path of listed.stdout.split("\n")) {
    if (!path.startsWith("/") || LEFT_OUT.test(path)) continue;
    const found = lstatSync(path, { throwIfNoEntry: false });
    // Packages still list `/bin/cat`, although `/bin` has long been a link.
    if (found?.isFile() === true || found?.isSymbolicLink() === true)
      files.add(join(realpathSync(dirname(path)), basename(path)));
  }
  const list = `${tree}.list`;
  writeFileSync(list, [...files].join("\n"));
  await run(
    "sh",
    ["-c", `tar --no-recursion -C / -cPf - -T "$1" | tar -C "$2" --strip-components=0 -xf -`, "sh", list, tree],
    MANY,
  );
  rmSync(list);
  if (!existsSync(join(tree, "usr", "bin", "sh"))) symlinkSync("dash", join(tree, "usr", "bin", "sh"));
}

async function withDependencies(packages: readonly string[]): Promise<string[]> {
  const { stdout } = await run(
    "dpkg-query",
    ["-W", "-f", "${Package}\t${Provides}\t${Depends}, ${Pre-Depends}\t${db:Status-Status}\n"],
    MANY,
  );
  const needs = new Map<string, readonly string[]>();
  const providers = new Map<string, string>();
  for (const line of stdout.split("\n")) {
    const [name = "", provides = "", depends = "", status = ""] = line.split("\t");
    if (status !== "installed") continue;
    needs.set(name, depends.split(/[,|]/).map(packageName));
    for (const virtual of provides.split(",").map(packageName)) providers.set(virtual, name);
  }
  const found = new Set<string>();
  for (const todo = [...packages]; todo.length > 0;) {
    const wanted = todo.pop() ?? "";
    const name = needs.has(wanted) ? wanted : providers.get(wanted);
    if (name === undefined || found.has(name)) continue;
    found.add(name);
    todo.push(...(needs.get(name) ?? []));
  }
  return [...found];
}

const packageName = (text: string): string => text.trim().split(/[ :(]/)[0] ?? "";
