/** As whom code runs in a container, and what the engine's machine is like. */

const NOBODY = "65534:65534";

/** What the engine said about its machine and itself. */
function securityOptions(info: unknown): readonly string[] {
  const options = typeof info === "object" && info !== null && "SecurityOptions" in info ? info.SecurityOptions : undefined;
  return Array.isArray(options) ? options.filter((option): option is string => typeof option === "string") : [];
}

/** Whether the engine itself belongs to an ordinary user: its root is that user. */
export const isRootless = (info: unknown): boolean => securityOptions(info).some((option) => option.includes("name=rootless"));

export const isSelinux = (info: unknown): boolean => securityOptions(info).some((option) => option.includes("name=selinux"));

/** The caller, so that files in the work folder are the caller's; never root of the machine unless the folder allows nobody else. */
export function runningUser({
  isRootless: rootless,
  bindDir,
}: {
  readonly isRootless: boolean;
  readonly bindDir: string | undefined;
}): string {
  if (rootless) return "0:0";
  const uid = process.getuid?.();
  const gid = process.getgid?.();
  if (uid === undefined || gid === undefined) return NOBODY; // Windows: shared folders have no owner there
  return uid === 0 && bindDir === undefined ? NOBODY : `${uid}:${gid}`;
}
