/** The few lines of shell that run inside: around each block, and as the container's first process. */
import type { CodeLimits } from "../../../../code/index.js";
import { programsFor, quoted } from "../programs.js";

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
cd "$1"; ulimit -c 0; ulimit -f "$2"; ulimit -n 1024; ulimit -d "$3" 2>/dev/null
language=$4; file=$5; before=$6; shift 6
if [ -n "$before" ] && ! command -v python3 >/dev/null 2>&1; then
  echo "The image has no \`python3\`, which reaching a part of the network needs. Use an image that has it, or no network."
  exit 127
fi
for program in "$@"; do
  if path=$(command -v "$program" 2>/dev/null); then
    if [ -n "$before" ]; then
      eval "$before" '"$path" "$file" </dev/null 2>&1'
    else
      "$path" "$file" </dev/null 2>&1
    fi
    code=$?
    kill -9 -1 2>/dev/null
    exit $code
  fi
done
echo "No program for $language was found in the image (looked for $*). Use an image that has one."
exit 127
`;

const FILE_UNIT_BYTES = 512; // what `ulimit -f` of a POSIX shell counts in
const DATA_UNIT_BYTES = 1_024; // and `ulimit -d`

/** What runs where. */
export interface InsideRun {
  readonly language: string;
  /** Path of the file inside. */
  readonly path: string;
  /** Folder inside. */
  readonly folder: string;
  readonly limits: Pick<CodeLimits, "fileBytes" | "memoryBytes">;
  /** Stands before the program: what it needs beside it. @default nothing */
  readonly before?: readonly string[];
}

/** The command line that runs a file in a folder. */
export function wrapped({ language, path, folder, limits, before = [] }: InsideRun): string[] {
  const files = String(Math.ceil(limits.fileBytes / FILE_UNIT_BYTES));
  const data = String(Math.ceil(limits.memoryBytes / DATA_UNIT_BYTES));
  const programs = language === "bash" ? ["bash", "sh"] : programsFor(language); // small images have one shell
  return ["sh", "-c", SCRIPT, "sh", folder, files, data, language, path, before.map(quoted).join(" "), ...programs];
}
