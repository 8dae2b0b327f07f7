/**
 * Runs inside deno without permissions: Python by Pyodide, spoken to by lines of JSON over standard input and output.
 * The parent reads this file and hands it over as text, so it imports nothing of this project.
 * What runs here may be hostile: the parent believes none of the messages.
 */
import { Buffer } from "node:buffer";

/** What is used of deno. */
declare const Deno: {
  readonly args: readonly string[];
  readonly stdin: { readonly readable: AsyncIterable<Uint8Array> };
  readonly stdout: { writeSync(bytes: Uint8Array): number };
  exit(code: number): never;
};

/** What is used of Pyodide. */
interface Pyodide {
  readonly FS: FileSystem;
  runPython(code: string): unknown;
  setStdin(options: { readonly stdin: () => null }): void;
  setStdout(options: OutputOptions): void;
  setStderr(options: OutputOptions): void;
}
interface OutputOptions {
  readonly write: (bytes: Uint8Array) => number;
}
interface FileSystem {
  readdir(path: string): string[];
  mkdirTree(path: string): void;
  writeFile(path: string, data: Uint8Array): void;
  readFile(path: string): Uint8Array;
  unlink(path: string): void;
  lstat(path: string): { readonly mode: number; readonly size: number; readonly mtime: Date; readonly ctime: Date };
  utime(path: string, accessed: number, modified: number): void;
  isDir(mode: number): boolean;
  isFile(mode: number): boolean;
  readonly ErrnoError: new (number: number) => Error;
  readonly filesystems: { readonly MEMFS: FilesInMemory };
}
/** Emscripten's. */
interface FilesInMemory {
  expandFileStorage: (file: MemoryFile, capacity: number) => void;
  resizeFileStorage: (file: MemoryFile, bytes: number) => void;
}
interface MemoryFile {
  contents: Uint8Array;
  readonly usedBytes: number;
}
/** Of ES2024, which deno has. */
interface GrowingBuffer extends ArrayBuffer {
  readonly resizable: boolean;
  resize(bytes: number): void;
}
interface RunBlock {
  (path: string): number;
  callPromising?(path: string): Promise<number>;
}

interface RunMessage {
  readonly id: number;
  readonly fileName: string;
  readonly files: readonly { readonly name: string; readonly data: string; readonly modifiedMs: number }[];
  readonly removed: readonly string[];
  readonly maxFiles: number;
  readonly maxBytes: number;
}

const ROOT = "/work";

/** Runs one file as a fresh program would run: own main module, own folder, modules of that folder read anew. */
const RUNNER = `
import builtins, gc, importlib, linecache, os, sys, traceback, types

def run_block(path):
    main = types.ModuleType("__main__")
    main.__dict__.update(__file__=path, __builtins__=builtins)
    sys.modules["__main__"] = main
    sys.argv = [path]
    os.chdir("${ROOT}")
    importlib.invalidate_caches()
    linecache.clearcache()
    code = 0
    try:
        with open(path, "rb") as file:
            source = file.read()
        exec(compile(source, path, "exec"), main.__dict__)
    except SystemExit as stop:
        code = exit_code(stop.code)
    except BaseException as problem:
        explain(problem)
        code = 1
    main.__dict__.clear()
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith("${ROOT}/"):
            del sys.modules[name]
    gc.collect()
    sys.stdout.flush()
    sys.stderr.flush()
    return code

def exit_code(value):
    if value is None:
        return 0
    if isinstance(value, int):
        return value & 255
    print(value, file=sys.stderr)
    return 1

def explain(problem):
    if isinstance(problem, ModuleNotFoundError):
        problem.msg = str(problem.msg).split("\\n")[0]
    trace = problem.__traceback__
    traceback.print_exception(type(problem), problem, trace and trace.tb_next)
    if isinstance(problem, ModuleNotFoundError):
        print("This sandbox has the standard library of Python and the files of the work folder, no other packages, and nothing can be installed. "
              "Solve it without the package, or ask the user to provide Docker or bubblewrap.", file=sys.stderr)

def no_process(*_):
    raise OSError("processes cannot be started in this sandbox")

os.system = os.popen = no_process  # kinder than what Pyodide does: it gives up altogether
sys.dont_write_bytecode = True
sys.path.insert(0, "${ROOT}")
sys.stdout.reconfigure(line_buffering=True, errors="replace")
run_block
`;

function send(message: unknown): void {
  let bytes: Uint8Array = Buffer.from(`${JSON.stringify(message)}\n`);
  while (bytes.length > 0) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
}

function outputTo(stream: "stdout" | "stderr"): OutputOptions {
  const decoder = new TextDecoder();
  return {
    write: (bytes) => {
      send({ type: "output", stream, text: decoder.decode(bytes, { stream: true }) });
      return bytes.length;
    },
  };
}

/** @param url Pyodide's folder as the module loader wants it @param folder the same as a path */
async function start(url: string, folder: string): Promise<{ files: FileSystem; runBlock: RunBlock }> {
  const module = (await import(new URL("pyodide.mjs", url).href)) as {
    loadPyodide(options: { readonly indexURL: string }): Promise<Pyodide>;
  };
  const pyodide = await module.loadPyodide({ indexURL: folder });
  pyodide.setStdin({ stdin: () => null });
  pyodide.setStdout(outputTo("stdout"));
  pyodide.setStderr(outputTo("stderr"));
  pyodide.FS.mkdirTree(ROOT);
  keepFilesInBounds(pyodide.FS);
  return { files: pyodide.FS, runBlock: pyodide.runPython(RUNNER) as RunBlock };
}

const SMALL_FILE_BYTES = 1_000_000;
const MOST_FILE_BYTES = 100_000_000; // of all files together
const NO_SPACE = 51; // as WebAssembly's systems number errors

/**
 * Files are in memory. When they take too much of it, or there is none left, the disk is full for the code; otherwise it
 * would end the interpreter. Large ones grow in place: what is copied on the way would use up the memory long before.
 * Only a kindness: what the process may use is limited by the system.
 */
function keepFilesInBounds(files: FileSystem): void {
  const memory = files.filesystems.MEMFS;
  const { expandFileStorage: expand, resizeFileStorage: resize } = memory;
  const orNoSpace = (file: MemoryFile, bytes: number, change: () => void): void => {
    const others = bytes > SMALL_FILE_BYTES ? bytesBelow(files, "/") - file.usedBytes : 0;
    if (others + bytes > MOST_FILE_BYTES) throw new files.ErrnoError(NO_SPACE);
    try {
      change();
    } catch {
      throw new files.ErrnoError(NO_SPACE);
    }
  };
  const grow = (file: MemoryFile, capacity: number): void => {
    const { length, buffer } = file.contents;
    if (capacity <= SMALL_FILE_BYTES) return expand(file, capacity);
    if (isGrowing(buffer)) return buffer.resize(Math.min(Math.max(capacity, Math.ceil(length * 1.125)), MOST_FILE_BYTES));
    const grown = new Uint8Array(growingBuffer(capacity));
    grown.set(file.contents.subarray(0, file.usedBytes));
    file.contents = grown;
  };
  memory.expandFileStorage = (file, capacity) => {
    if (file.contents.length < capacity) orNoSpace(file, capacity, () => grow(file, capacity));
  };
  memory.resizeFileStorage = (file, bytes) => orNoSpace(file, bytes, () => resize(file, bytes));
}

const isGrowing = (buffer: object): buffer is GrowingBuffer => "resizable" in buffer && buffer.resizable === true;

function growingBuffer(bytes: number): ArrayBuffer {
  // The second argument is of ES2024; without it the buffer is an ordinary one, and the next growth copies.
  const Growing = ArrayBuffer as new (bytes: number, options: { readonly maxByteLength: number }) => ArrayBuffer;
  return new Growing(bytes, { maxByteLength: MOST_FILE_BYTES });
}

function bytesBelow(files: FileSystem, folder: string): number {
  if (folder === "/proc/") return 0; // of no files
  let bytes = 0;
  for (const entry of files.readdir(folder)) {
    if (entry === "." || entry === "..") continue;
    const { mode, size } = files.lstat(folder + entry);
    if (files.isDir(mode)) bytes += bytesBelow(files, `${folder + entry}/`);
    else if (files.isFile(mode)) bytes += size;
  }
  return bytes;
}

type Snapshot = Map<string, string>;

/** Regular files below the work folder with a mark that changes when they do. */
function snapshot(files: FileSystem, folder = "", found: Snapshot = new Map()): Snapshot {
  for (const entry of files.readdir(`${ROOT}/${folder}`)) {
    if (entry === "." || entry === "..") continue;
    const name = folder + entry;
    const { mode, size, mtime, ctime } = files.lstat(`${ROOT}/${name}`);
    if (files.isDir(mode)) snapshot(files, `${name}/`, found);
    else if (files.isFile(mode)) found.set(name, `${size} ${mtime.getTime()} ${ctime.getTime()}`);
  }
  return found;
}

function bringIn(files: FileSystem, message: RunMessage): void {
  const known = snapshot(files);
  for (const name of message.removed) if (known.has(name)) files.unlink(`${ROOT}/${name}`);
  for (const { name, data, modifiedMs } of message.files) {
    const path = `${ROOT}/${name}`;
    files.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    files.writeFile(path, Buffer.from(data, "base64"));
    files.utime(path, modifiedMs, modifiedMs);
  }
}

/** What the block changed, as far as the limits allow. */
function takeOut(files: FileSystem, before: Snapshot, { maxFiles, maxBytes }: RunMessage): Record<string, unknown> {
  const after = snapshot(files);
  const changed: { name: string; data: string }[] = [];
  const skipped: string[] = [];
  let bytes = 0;
  for (const [name, mark] of after) {
    if (before.get(name) === mark) continue;
    const data = files.readFile(`${ROOT}/${name}`);
    bytes += data.length;
    if (changed.length >= maxFiles || bytes > maxBytes) skipped.push(name);
    else changed.push({ name, data: Buffer.from(data).toString("base64") });
  }
  return { files: changed, skipped, removed: [...before.keys()].filter((name) => !after.has(name)) };
}

async function* lines(): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  for await (const chunk of Deno.stdin.readable) {
    const pieces = decoder.decode(chunk, { stream: true }).split("\n");
    for (const piece of pieces.slice(0, -1)) {
      yield parts.join("") + piece;
      parts = [];
    }
    parts.push(pieces[pieces.length - 1] ?? "");
  }
}

async function main(): Promise<void> {
  const { files, runBlock } = await start(Deno.args[0] ?? "", Deno.args[1] ?? "");
  send({ type: "ready" });
  for await (const line of lines()) {
    const message = JSON.parse(line) as RunMessage;
    bringIn(files, message);
    const before = snapshot(files);
    const path = `${ROOT}/${message.fileName}`;
    // With promises on the stack, `asyncio.run` works where the engine can switch stacks.
    const exitCode = runBlock.callPromising === undefined ? runBlock(path) : await runBlock.callPromising(path);
    send({ type: "done", id: message.id, exitCode, ...takeOut(files, before, message) });
  }
}

try {
  await main();
  Deno.exit(0);
} catch (error) {
  send({ type: "fatal", text: error instanceof Error ? error.message : String(error) });
  Deno.exit(70);
}
