/**
 * What code of a model might try, as data: each attempt must fail in every isolating executor. Those that do no harm
 * to the machine of the tests are run unconfined as well, where they must get through, so that the table can fail.
 * `SECURITY.md` shows the table.
 */
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
const python = (...lines: readonly string[]): CodeBlock => ({ language: "python", code: PRELUDE + lines.join("\n") });
const text = (value: string): string => JSON.stringify(value);

const reads = (what: string, path: (target: EscapeTarget) => string): Escape => ({
  what,
  unconfined: true,
  blocks: (target) => [python(`print(open(${text(path(target))}).read())`)],
});

const READING: readonly Escape[] = [
  reads("read a file next to the work folder", ({ secretFile }) => secretFile),
  reads("the same by a relative path", () => "../secret"),
  reads("through a link that lies in the work folder", () => "to-secret"),
  reads("a key below the home folder", ({ homeFolder }) => `${homeFolder}/key`),
  reads("through `/proc/self/root`", ({ secretFile }) => `/proc/self/root${secretFile}`),
  reads("through `/proc/self/cwd/..`", () => "/proc/self/cwd/../secret"),
  reads("the environment of another process", ({ victim }) => `/proc/${victim}/environ`),
  reads("the command line of another process", ({ victim }) => `/proc/${victim}/cmdline`),
  reads("through the folder of another process", ({ victim }) => `/proc/${victim}/cwd/secret`),
  reads("through an open file of another process", ({ victim }) => `/proc/${victim}/fd/0`),
  {
    what: "through `/proc/1/root`",
    blocks: ({ secretFile }) => [python(`print(open(${text(`/proc/1/root${secretFile}`)}).read())`)],
  },
  {
    what: "through a symbolic link that the code makes",
    unconfined: true,
    blocks: ({ secretFile }) => [python(`os.symlink(${text(secretFile)}, 'made')`, "print(open('made').read())")],
  },
  {
    what: "through a hard link that the code makes",
    unconfined: true,
    blocks: ({ secretFile }) => [python(`os.link(${text(secretFile)}, 'made')`, "print(open('made').read())")],
  },
  {
    what: "the environment of this process",
    unconfined: true,
    blocks: () => [python("print(dict(os.environ))")],
  },
  {
    what: "the names of files outside",
    unconfined: true,
    blocks: ({ folder }) => [python(`attempt(lambda: os.listdir(${text(folder)}), lambda names: 'secret' in names)`)],
  },
  {
    what: "accounts of this machine",
    unconfined: true,
    blocks: () => [python("attempt(lambda: open('/etc/passwd').read(), lambda lines: lines.count(':') > 6)")],
  },
  {
    what: "as a module to import",
    unconfined: true,
    blocks: ({ folder }) => [
      python(`sys.path.insert(0, ${text(folder)})`, "import module_outside", "print(module_outside.word)"),
    ],
  },
  {
    what: "by another program",
    unconfined: true,
    blocks: ({ secretFile }) => [
      python("import subprocess", `print(subprocess.run(['cat', ${text(secretFile)}], capture_output=True, text=True).stdout)`),
    ],
  },
  {
    what: "by the shell",
    unconfined: true,
    blocks: ({ secretFile }) => [{ language: "sh", code: `cat '${secretFile}'; cat ../secret; cat to-secret` }],
  },
  {
    what: "through descriptors left open by the parent",
    blocks: () => [
      python(
        "for descriptor in range(3, 256):",
        "    try: os.lseek(descriptor, 0, 0); print(os.read(descriptor, 1000))",
        "    except OSError: pass",
      ),
    ],
  },
  {
    what: "disks, memory and virtual machines of this machine",
    blocks: () => [
      python(
        "for name in ('sda', 'vda', 'nvme0n1', 'mem', 'kmem', 'kmsg', 'kvm', 'fuse', 'loop-control', 'port'):",
        "    attempt(lambda: os.open('/dev/' + name, os.O_RDONLY | os.O_NONBLOCK))",
      ),
    ],
  },
  {
    what: "the memory of another process (`process_vm_readv`)",
    blocks: ({ victim }) => [python(`attempt(lambda: call(310, 270, ${victim}, 0, 0, 0, 0, 0), succeeds)`)],
  },
  {
    what: "files by their handle (`open_by_handle_at`)",
    blocks: () => [
      python(
        "import ctypes",
        "handle = ctypes.create_string_buffer(136)",
        "ctypes.c_uint32.from_buffer(handle).value = 128",
        "attempt(lambda: call(303, 264, -100, b'/usr', handle, ctypes.byref(ctypes.c_int()), 0), succeeds)",
      ),
    ],
  },
];

const hasName =
  (name: string) =>
  ({ names }: EscapeEvidence): boolean =>
    names.includes(name);

const WRITING: readonly Escape[] = [
  {
    what: "write a file next to the work folder",
    unconfined: true,
    blocks: ({ folder }) => [python(`open(${text(`${folder}/written`)}, 'w').write('x')`)],
    gotThrough: hasName("written"),
  },
  {
    what: "the same by a relative path",
    unconfined: true,
    blocks: () => [python("open('../written', 'w').write('x')")],
    gotThrough: hasName("written"),
  },
  {
    what: "through a link that lies in the work folder",
    unconfined: true,
    blocks: () => [python("open('to-other/written', 'w').write('x')")],
    gotThrough: hasName("written"),
  },
  {
    what: "through a symbolic link that the code makes",
    unconfined: true,
    blocks: ({ otherFolder }) => [python(`os.symlink(${text(otherFolder)}, 'made')`, "open('made/written', 'w').write('x')")],
    gotThrough: hasName("written"),
  },
  {
    what: "through a hard link that the code makes",
    unconfined: true,
    blocks: ({ secretFile }) => [python(`os.link(${text(secretFile)}, 'made')`, "open('made', 'w').write('changed')")],
    gotThrough: ({ secretText }) => secretText === "changed",
  },
  {
    what: "into the home folder",
    unconfined: true,
    blocks: ({ homeFolder }) => [python(`open(${text(`${homeFolder}/written`)}, 'w').write('x')`)],
    gotThrough: hasName("written"),
  },
  {
    what: "delete a file outside",
    unconfined: true,
    blocks: ({ secretFile }) => [python(`os.remove(${text(secretFile)})`)],
    gotThrough: ({ secretText }) => secretText === null,
  },
  {
    what: "rename a folder outside",
    unconfined: true,
    blocks: ({ otherFolder, folder }) => [python(`os.rename(${text(otherFolder)}, ${text(`${folder}/renamed`)})`)],
    gotThrough: hasName("renamed"),
  },
  {
    what: "change permissions outside",
    unconfined: true,
    blocks: ({ secretFile }) => [python(`os.chmod(${text(secretFile)}, 0o777)`)],
    gotThrough: ({ secretMode }) => secretMode === 0o777,
  },
  {
    what: "put a link in the place of the work folder",
    blocks: ({ otherFolder }) => [
      python("here = os.getcwd()", "os.rename(here, here + '-gone')", `os.symlink(${text(otherFolder)}, here)`),
      "# filename: written\nprint(1)",
    ],
    gotThrough: hasName("written"),
  },
  {
    what: "leave a link that the next block's file name follows",
    blocks: ({ otherFolder }) => [
      python(`os.symlink(${text(`${otherFolder}/written`)}, 'next.py')`),
      "# filename: next.py\nprint(1)",
    ],
    gotThrough: hasName("written"),
  },
  {
    what: "leave a pipe that the next block's file name would hang at",
    blocks: () => [python("os.mkfifo('pipe.py')"), "# filename: pipe.py\nprint(1)"],
    gotThrough: ({ result }) => result.exitCode === 124,
  },
  {
    what: "leave a program that runs with its owner's rights (set-user-ID)",
    unconfined: true,
    blocks: () => [python("open('tool', 'w').write('x')", "os.chmod('tool', 0o4755)")],
    gotThrough: ({ left }) => left.some((entry) => /^tool 10[4-7]/.test(entry)),
  },
  {
    what: "the same by making it with the bit",
    unconfined: true,
    blocks: () => [python("os.umask(0)", "os.close(os.open('tool', os.O_CREAT | os.O_WRONLY, 0o4755))")],
    gotThrough: ({ left }) => left.some((entry) => /^tool 10[4-7]/.test(entry)),
  },
  {
    what: "leave a device",
    blocks: () => [python("import stat", "attempt(lambda: os.mknod('disk', 0o666 | stat.S_IFBLK, os.makedev(8, 0)))")],
  },
  {
    what: "into the system's folders",
    blocks: () => [
      python(
        "for path in ('/usr/written', '/usr/bin/written', '/etc/written', '/var/written', '/root/written', '/home/written', '/written', '/dev/written'):",
        "    attempt(lambda: open(path, 'w'), outside_emulation)",
      ),
    ],
  },
  {
    what: "into the kernel's settings",
    blocks: () => [
      python(
        "for path in ('/proc/sys/kernel/core_pattern', '/proc/sysrq-trigger', '/proc/sys/vm/drop_caches', '/sys/power/state', '/sys/fs/cgroup/cgroup.procs'):",
        "    attempt(lambda: os.open(path, os.O_WRONLY))",
      ),
    ],
  },
  ...(["../written.py", "/written.py", "to-other/written.py", "a/../../written.py"] as const).map((name): Escape => ({
    what: `by a file name such as \`${name}\``,
    blocks: () => [`# filename: ${name}\nprint("THE CODE " + "GOT OUT")`],
  })),
];

const arrived = ({ arrivals }: EscapeEvidence): boolean => arrivals > 0;
const connects = (what: string, kind: string, address: (target: EscapeTarget) => string, datagram = false): Escape => ({
  what,
  unconfined: true,
  blocks: (target) => [
    python(
      "import socket",
      `s = socket.socket(socket.${kind}, socket.${datagram ? "SOCK_DGRAM" : "SOCK_STREAM"})`,
      "s.settimeout(2)",
      ...(datagram ? [`s.sendto(b'x', ${address(target)})`] : [`s.connect(${address(target)})`, "s.recv(1)"]),
    ),
  ],
  gotThrough: arrived,
});
const out = (what: string, ...lines: readonly string[]): Escape => ({ what, blocks: () => [python("import socket", ...lines)] });

const NETWORK: readonly Escape[] = [
  connects("connect to this machine by IPv4", "AF_INET", ({ port }) => `('127.0.0.1', ${port})`),
  connects("connect to this machine by IPv6", "AF_INET6", ({ port6 }) => `('::1', ${port6})`),
  connects("send datagrams to this machine", "AF_INET", ({ udpPort }) => `('127.0.0.1', ${udpPort})`, true),
  connects("connect to a socket file outside", "AF_UNIX", ({ socketFile }) => text(socketFile)),
  connects("connect to a socket without a file", "AF_UNIX", ({ abstractName }) => `"\\0${abstractName}"`),
  {
    what: "connect by the shell",
    unconfined: true,
    blocks: ({ port }) => [{ language: "bash", code: `exec 3<>/dev/tcp/127.0.0.1/${port}; read -t 1 <&3` }],
    gotThrough: arrived,
  },
  out("look a name up", "attempt(lambda: socket.getaddrinfo('example.com', 80), outside_emulation)"),
  out("connect to the internet", "attempt(lambda: socket.create_connection(('1.1.1.1', 443), 2))"),
  out("connect to a cloud's metadata", "attempt(lambda: socket.create_connection(('169.254.169.254', 80), 2))"),
  out("connect to the host of a virtual machine (vsock)", "attempt(lambda: socket.socket(40, socket.SOCK_STREAM))"),
  out(
    "read and forge packets",
    "attempt(lambda: socket.socket(17, socket.SOCK_RAW))",
    "attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))",
  ),
  out(
    "use the kernel's ciphers (a family of sockets with a history)",
    "attempt(lambda: socket.socket(38, socket.SOCK_SEQPACKET))",
  ),
  out(
    "talk to the system's services",
    "for path in ('/run/dbus/system_bus_socket', '/var/run/docker.sock', '/run/podman/podman.sock', '/run/systemd/private'):",
    "    attempt(lambda: socket.socket(socket.AF_UNIX).connect(path))",
  ),
];

const kernel = (what: string, x64: number, arm64: number, ...args: readonly string[]): Escape => ({
  what: `kernel: ${what}`,
  blocks: () => [python(`attempt(lambda: call(${[x64, arm64, ...args].join(", ")}), succeeds)`)],
});

const PROCESSES: readonly Escape[] = [
  {
    what: "see other processes",
    unconfined: true,
    blocks: ({ victim }) => [python(`attempt(lambda: os.listdir('/proc'), lambda names: '${victim}' in names)`)],
  },
  {
    what: "signal another process",
    unconfined: true,
    blocks: ({ victim }) => [python(`attempt(lambda: os.kill(${victim}, 0))`)],
  },
  {
    what: "end another process",
    unconfined: true,
    blocks: ({ victim }) => [python(`os.kill(${victim}, 9)`)],
    gotThrough: ({ victimLives }) => !victimLives,
  },
  {
    what: "slow another process down",
    unconfined: true,
    blocks: ({ victim }) => [python(`attempt(lambda: os.setpriority(os.PRIO_PROCESS, ${victim}, 5))`)],
  },
  {
    what: "end every process there is",
    blocks: () => [python("import signal", "signal.signal(15, signal.SIG_IGN)", "os.kill(-1, 15)")],
    gotThrough: ({ victimLives }) => !victimLives,
  },
  {
    what: "trace another process",
    blocks: ({ victim }) => [python(`attempt(lambda: call(101, 117, 16, ${victim}, 0, 0), succeeds)`)],
  },
  {
    what: "leave a daemon behind",
    unconfined: true,
    blocks: ({ secret }) => [
      python(
        "import time",
        `name = 'daemon-' + ${text(secret)}`,
        "if os.fork() == 0:",
        "    os.setsid()",
        "    if os.fork() > 0: os._exit(0)",
        "    for descriptor in range(3): os.close(descriptor)",
        "    os.execvp('sh', ['sh', '-c', 'while sleep 1; do :; done', name])",
        "time.sleep(0.3)",
      ),
    ],
    gotThrough: ({ isRunning }, { secret }) => isRunning(`daemon-${secret}`),
  },
  {
    what: "become root",
    blocks: () => [python("attempt(lambda: os.setresuid(0, 0, 0), outside_emulation)")],
  },
  {
    what: "use programs with their owner's rights",
    blocks: () => [
      python(
        "import subprocess",
        "for command in (['sudo', '-n', 'true'], ['su', '-c', 'true'], ['pkexec', 'true'], ['newgrp', 'root']):",
        "    attempt(lambda: subprocess.run(command, stdin=subprocess.DEVNULL, timeout=3).returncode, lambda code: code == 0)",
      ),
    ],
  },
  {
    what: "raise its own limits",
    blocks: () => [
      python(
        "import resource",
        "for name in ('RLIMIT_NPROC', 'RLIMIT_DATA', 'RLIMIT_FSIZE', 'RLIMIT_CPU', 'RLIMIT_NOFILE'):",
        "    attempt(lambda: resource.setrlimit(getattr(resource, name), (-1, -1)))",
        "attempt(lambda: os.nice(-5))",
      ),
    ],
  },
  {
    what: "hide from the kernel's choice of whom to end for want of memory",
    blocks: () => [
      python(
        "attempt(lambda: open('/proc/self/oom_score_adj', 'w').write('-1000') and open('/proc/self/oom_score_adj').read(), lambda now: outside_emulation(now) and now.strip() == '-1000')",
      ),
    ],
  },
  {
    what: "type into the terminal",
    blocks: () => [
      python(
        "import fcntl",
        "for descriptor in range(3): attempt(lambda: fcntl.ioctl(descriptor, 0x5412, b'x'))",
        "attempt(lambda: fcntl.ioctl(os.open('/dev/tty', os.O_RDWR), 0x5412, b'x'))",
      ),
    ],
  },
  kernel("make a user namespace (`unshare`)", 272, 97, "0x10000000"),
  kernel("make a user namespace (`clone`)", 56, 220, "0x10000000", "0", "0", "0", "0"),
  kernel("enter another namespace", 308, 268, "os.open('/proc/self/ns/net', os.O_RDONLY)", "0"),
  kernel("mount", 165, 40, "b'none'", "b'/tmp'", "b'tmpfs'", "0", "0"),
  kernel("mount by the newer interface", 430, 430, "b'tmpfs'", "0"),
  kernel("unmount the work folder", 166, 39, "b'/work'", "2"),
  kernel("change the root folder", 161, 51, "b'/tmp'"),
  kernel("keyrings", 250, 219, "0", "-3", "0"),
  kernel("programs in the kernel (`bpf`)", 321, 280, "0", "0", "0"),
  kernel("performance counters", 298, 241, "0", "0", "-1", "-1", "0"),
  kernel("page faults (`userfaultfd`)", 323, 282, "1"),
  kernel("`io_uring`", 425, 425, "4", "(__import__('ctypes').c_char * 120)()"),
  kernel("load a module", 175, 105, "0", "0", "b''"),
  kernel("load another kernel", 246, 104, "0", "0", "0", "0"),
  kernel("take a descriptor of another process", 438, 438, "os.pidfd_open(os.getpid())", "1", "0"),
  kernel("switch address randomisation off", 135, 92, "0x0040000"),
  kernel("restart the machine", 169, 142, "0", "0", "0", "0"),
  {
    what: "kernel: calls of another convention (x32)",
    blocks: () => [python("attempt(lambda: call(0x40000000 + 39, 1 << 20), succeeds)")],
  },
];

const LIMITS: readonly Escape[] = [
  {
    what: "300 processes",
    blocks: () => [
      python(
        "import time",
        "made = 0",
        "try:",
        "    for n in range(300):",
        "        if os.fork() == 0: time.sleep(3); os._exit(0)",
        "        made += 1",
        "except OSError: pass",
        "if made > 64: escaped(made)",
      ),
    ],
  },
  {
    what: "300 threads",
    blocks: () => [
      python(
        "import threading, time",
        "made = 0",
        "try:",
        "    for n in range(300):",
        "        threading.Thread(target=time.sleep, args=(2,), daemon=True).start()",
        "        made += 1",
        "except RuntimeError: pass",
        "if made > 64: escaped(made)",
        "os._exit(0)",
      ),
    ],
  },
  {
    what: "2 GB of memory in one process",
    blocks: () => [python("kept = [bytearray(50 * 2**20) for n in range(40)]", "escaped(len(kept))")],
  },
  {
    what: "2 GB of memory in many processes",
    blocks: () => [
      python(
        "import time",
        "for n in range(10):",
        "    if os.fork() == 0:",
        "        kept = b'x' * 200_000_000",
        "        time.sleep(4)",
        "        os._exit(0)",
        "for n in range(10):",
        "    if os.wait()[1] != 0: sys.exit(1)",
        "escaped()",
      ),
    ],
  },
  {
    what: "a file of 300 MB",
    blocks: () => [
      python("with open('big', 'wb') as file:", "    for n in range(300): file.write(b'x' * 1_000_000)", "escaped()"),
    ],
  },
  ...(["/tmp", "/dev/shm", "/dev", "/run"] as const).map((folder): Escape => ({
    what: `300 MB in \`${folder}\``,
    blocks: () => [
      python(
        "for n in range(6):",
        `    with open(f'${folder}/big{n}', 'wb') as file:`,
        "        for m in range(50): file.write(b'x' * 1_000_000)",
        "escaped()",
      ),
    ],
  })),
  {
    what: "50,000 files",
    blocks: () => [python("for n in range(50_000): open(f'file{n}', 'w').close()", "import time", "time.sleep(1.5)")],
    gotThrough: ({ result, left }) => result.exitCode === 0 && left.length > 20_000,
  },
  {
    what: "more time than is given, deaf to signals",
    blocks: () => [
      python(
        "import signal",
        "for number in range(1, 65):",
        "    try: signal.signal(number, signal.SIG_IGN)",
        "    except (OSError, ValueError): pass",
        "import time",
        "end = time.time() + 30",
        "while time.time() < end: pass",
        "escaped()",
      ),
    ],
    gotThrough: ({ result }) => result.exitCode !== 124 && result.exitCode !== 137,
  },
];

const OUTPUT: readonly Escape[] = [
  {
    what: "commands for the terminal in the output",
    unconfined: true,
    blocks: () => [python(String.raw`print('\033]0;title\007\033[31mred\033[2J\033]52;c;ZWNobw==\007')`)],
    gotThrough: ({ result }) => result.output.includes("\u001b"),
  },
  {
    what: "the same in 8-bit forms, and control characters",
    unconfined: true,
    blocks: () => [python(String.raw`print('\x9b31m\x9d0;title\x9c\x00\x08\x7f')`)],
    gotThrough: ({ result }) => /[^\P{Cc}\n]/u.test(result.output),
  },
  {
    what: "a line of 1 GB",
    blocks: () => [python("for n in range(1024): sys.stdout.write('x' * 2**20)")],
    gotThrough: ({ result }) => result.exitCode === 0 || result.output.length > 1_200_000,
  },
];

/** All attempts by group. */
export const ESCAPES: Readonly<Record<string, readonly Escape[]>> = {
  reading: READING,
  writing: WRITING,
  network: NETWORK,
  processes: PROCESSES,
  limits: LIMITS,
  output: OUTPUT,
};
