/** The few lines of shell that run inside: around each block, and as the container's first process. */
import type { ContainerLimits } from "./create-request.js";

/**
 * The first process waits for the end of its input, which is a connection of ours: it ends with us, however we end.
 * Orphans become its children; with SIGCHLD ignored the kernel clears them away.
 */
export const IDLE_WITH_INPUT: readonly string[] = ["sh", "-c", "trap '' CHLD; exec cat >/dev/null"];

/** For a container that stays when we go. */
export const IDLE_FOR_EVER: readonly string[] = ["sh", "-c", "trap '' CHLD; exec tail -f /dev/null"];

/**
 * `kill -9 -1` ends all that the user of the code may signal, but neither the first process nor this shell. It comes
 * before too: a block may have killed its own wrapper. Both outputs go through one pipe, so that their order is kept.
 */
const SCRIPT = `
kill -9 -1 2>/dev/null
cd "$1"; ulimit -c 0; ulimit -f "$2"; ulimit -n 1024
language=$3; file=$4; shift 4
for program in "$@"; do
  if command -v "$program" >/dev/null 2>&1; then
    "$program" "$file" </dev/null 2>&1
    code=$?
    kill -9 -1 2>/dev/null
    exit $code
  fi
done
echo "No program for $language was found in the image (looked for $*). Use an image that has one."
exit 127
`;

const FILE_UNIT_BYTES = 512; // what `ulimit -f` of a POSIX shell counts in

/**
 * The command line that runs a file in a folder.
 *
 * @param path of the file inside
 */
export function wrapped(language: string, path: string, { fileBytes }: ContainerLimits, folder: string): string[] {
  const blocks = String(Math.ceil(fileBytes / FILE_UNIT_BYTES));
  return ["sh", "-c", SCRIPT, "sh", folder, blocks, language, path, ...(PROGRAMS[language] ?? [language])];
}

const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  python: ["python3", "python"],
  javascript: ["node"],
  shell: ["sh"],
  bash: ["bash", "sh"],
  ps1: ["pwsh"],
  powershell: ["pwsh"],
};
