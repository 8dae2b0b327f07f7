/** What attempts to escape are made of. */
import type { CodeBlock, CodeResult } from "../src/code/index.js";

/** What there is to reach outside of the work folder. All of it is made anew before each attempt. */
export interface EscapeTarget {
  /** A random text that is in files, in the environment and in a command line outside. */
  readonly secret: string;
  /** The folder that the work folder lies in. */
  readonly folder: string;
  readonly workDir: string;
  /** Next to the work folder; holds the secret. The links `to-secret` and `to-other` of the work folder lead there. */
  readonly secretFile: string;
  /** An empty folder next to the work folder. */
  readonly otherFolder: string;
  /** A folder below the user's home; its file `key` holds the secret. */
  readonly homeFolder: string;
  /** A process of the same user: the secret is in its environment and command line, and open as its standard input. */
  readonly victim: number;
  /** Listeners of this machine. */
  readonly port: number;
  readonly port6: number;
  readonly udpPort: number;
  readonly socketFile: string;
  readonly abstractName: string;
}

/** What can be seen afterwards from outside. */
export interface EscapeEvidence {
  readonly result: CodeResult;
  /** Connections and datagrams that arrived at the listeners. */
  readonly arrivals: number;
  readonly victimLives: boolean;
  /** Permissions of the file with the secret, and what it holds. */
  readonly secretMode: number;
  readonly secretText: string | null;
  /** Names in the folder of the work folder, in the other folder, and in the home's. */
  readonly names: readonly string[];
  /** Permissions and kinds of what is in the work folder, as `name mode` in octal. */
  readonly left: readonly string[];
  /** Whether a process with this text in its command line lives. */
  readonly isRunning: (text: string) => boolean;
}

/** One attempt. */
export interface Escape {
  readonly what: string;
  /** One block after the other, in runs of their own. */
  readonly blocks: (target: EscapeTarget) => readonly (CodeBlock | string)[];
  /** @default the word that `escaped()` prints, or the secret, is in the output */
  readonly gotThrough?: (evidence: EscapeEvidence, target: EscapeTarget) => boolean;
  /** Whether it is run unconfined as well, where it must get through. @default false */
  readonly unconfined?: boolean;
}

/** What `escaped()` prints. */
export const ESCAPED = "THE CODE GOT OUT";

const PRELUDE = `
import os, sys, platform
def escaped(detail=""): print("THE CODE " + "GOT OUT", detail, flush=True)
def attempt(action, worked=lambda answer: True):
    try:
        answer = action()
        if worked(answer): escaped(answer)
        else: print("refused", flush=True)
    except Exception as problem: print("refused", type(problem).__name__, flush=True)
def call(x86_64, aarch64, *args):
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.syscall({"x86_64": x86_64, "aarch64": aarch64}[platform.machine()], *args)
succeeds = lambda answer: answer != -1
# Python in WebAssembly has a system of its own, in memory, in which much seems to work.
outside_emulation = lambda _: os.uname().sysname != "Emscripten"
`;

/** Python with helpers: `escaped()`, `attempt(action, worked)`, and `call(number on x64, number on arm64, …)`. */
export const python = (...lines: readonly string[]): CodeBlock => ({ language: "python", code: PRELUDE + lines.join("\n") });
export const text = (value: string): string => JSON.stringify(value);
