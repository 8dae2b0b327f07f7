/** What a user can do when no sandbox is there, the safest first. */
import { readFile } from "node:fs/promises";
import { findProgram } from "./find-program.js";

/** One way per line. @param bubblewrap why it was passed over */
export async function waysOut(bubblewrap: string | undefined): Promise<string> {
  return [
    "Ways out:",
    ...(process.platform === "linux" && bubblewrap !== undefined ? [await fixForBubblewrap(bubblewrap)] : []),
    "- install the embedded sandbox (Python's standard library, JavaScript, TypeScript): `npm install deno pyodide`",
    "- start Docker or Podman: code then runs in a container of the image `python:3-slim`, or of the one that `useDocker` names",
    "- pass an executor of your own: `codeExecutionConfig: { executor }`",
    "- last, and only for code that you trust: `codeExecutionConfig: { useDocker: false }` runs it on this machine, unconfined",
  ].join("\n");
}

async function fixForBubblewrap(verdict: string): Promise<string> {
  if (verdict.includes("was not found")) {
    return `- install bubblewrap, which confines programs of this machine: \`${await installCommand("bubblewrap")}\``;
  }
  if (await isRestrictedByAppArmor()) return `- let bubblewrap make namespaces: \`${APPARMOR_PROFILE}\``;
  return "- bubblewrap is installed but refused by this system, as in most containers: allow user namespaces (`sysctl user.max_user_namespaces`)";
}

const INSTALLERS = [
  ["apt-get", "apt-get install -y"],
  ["dnf", "dnf install -y"],
  ["pacman", "pacman -S"],
  ["zypper", "zypper install"],
  ["apk", "apk add"],
] as const;

async function installCommand(name: string): Promise<string> {
  const prefix = process.getuid?.() === 0 ? "" : "sudo ";
  for (const [program, command] of INSTALLERS) {
    if ((await findProgram(program, "/usr/bin:/bin:/sbin:/usr/sbin")) !== undefined) return `${prefix}${command} ${name}`;
  }
  return `${prefix}apt-get install -y ${name}`;
}

/** Ubuntu 23.10 and later take rights away inside namespaces unless a profile allows them. */
async function isRestrictedByAppArmor(): Promise<boolean> {
  const setting = await readFile("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "latin1").catch(() => "0");
  return setting.trim() === "1";
}

const APPARMOR_PROFILE =
  "printf 'abi <abi/4.0>,\\nprofile bwrap /usr/bin/bwrap flags=(unconfined) {\\n  userns,\\n}\\n' | sudo tee /etc/apparmor.d/bwrap && sudo systemctl reload apparmor";
