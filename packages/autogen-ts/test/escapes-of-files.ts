/** Attempts to read and write what lies outside. */
import { python, text } from "./escape-kit.js";
import type { Escape, EscapeEvidence, EscapeTarget } from "./escape-kit.js";

const reads = (what: string, path: (target: EscapeTarget) => string): Escape => ({
  what,
  unconfined: true,
  blocks: (target) => [python(`print(open(${text(path(target))}).read())`)],
});

export const READING: readonly Escape[] = [
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

export const WRITING: readonly Escape[] = [
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
