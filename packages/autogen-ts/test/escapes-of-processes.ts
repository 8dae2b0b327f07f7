/** Attempts on the network, other processes, the kernel, limits and the terminal. */
import { python, text } from "./escape-kit.js";
import type { Escape, EscapeEvidence, EscapeTarget } from "./escape-kit.js";

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

export const NETWORK: readonly Escape[] = [
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

export const PROCESSES: readonly Escape[] = [
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

export const LIMITS: readonly Escape[] = [
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

export const OUTPUT: readonly Escape[] = [
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
