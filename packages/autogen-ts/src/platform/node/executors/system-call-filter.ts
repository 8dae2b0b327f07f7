/**
 * A filter of system calls for sandboxed programs, as the kernel takes it: classic BPF, eight bytes an instruction. Pure.
 * It closes what namespaces leave open: doors into the kernel that ordinary programs never use, other people's terminals,
 * and families of sockets that lead past the sandbox's empty network. Design: `sandbox`, section 4.
 */
import { AutogenError } from "../../../run/index.js";

/** The filter for a machine. @param arch as in `process.arch` @throws AutogenError `unsupported` for others than `x64` and `arm64` */
export function systemCallFilter(arch: string): Uint8Array {
  const machine = Object.hasOwn(MACHINES, arch) ? MACHINES[arch] : undefined;
  if (machine === undefined) {
    throw new AutogenError(
      "unsupported",
      `The sandbox has no filter of system calls for the architecture \`${arch}\`, only for x64 and arm64, and does not run without one. ` +
        "Use a container or the embedded sandbox.",
    );
  }
  return assemble(programFor(machine));
}

interface Machine {
  /** Of the kernel's audit interface. */
  readonly audit: number;
  /** Numbers from here on are calls of another convention (x32). */
  readonly foreignFrom?: number;
  readonly clone: number;
  readonly ioctl: number;
  readonly socket: number;
  /** Calls that take permissions as an argument, by its place. */
  readonly modes: Readonly<Record<1 | 2, readonly number[]>>;
  /** Calls that open files: the place of their flags, which permissions follow. */
  readonly opens: Readonly<Partial<Record<1 | 2, number>>>;
  readonly denied: readonly number[];
}

/** Calls that have one number everywhere. The arguments of the first two lie in memory, where a filter cannot look. */
const CLONE3 = 435;
const OPENAT2 = 437;
const FCHMODAT2 = 452;
const SAME_EVERYWHERE = {
  ioUring: [425, 426, 427],
  mountApi: [428, 429, 430, 431, 432, 433, 442, 467],
  pidfdGetfd: [438],
  quotactlFd: [443],
};

const numbers = (calls: Readonly<Record<string, readonly number[]>>): number[] =>
  [...Object.values(calls), ...Object.values(SAME_EVERYWHERE)].flat();

const MACHINES: Readonly<Record<string, Machine>> = {
  x64: {
    audit: 0xc000003e,
    foreignFrom: 0x40000000,
    clone: 56,
    ioctl: 16,
    socket: 41,
    modes: { 1: [90, 91, 85, 133], 2: [268, 259, FCHMODAT2] }, // chmod, fchmod, creat, mknod; fchmodat, mknodat
    opens: { 1: 2, 2: 257 }, // open, openat
    denied: numbers({
      mounts: [165, 166, 155, 161], // mount, umount2, pivot_root, chroot
      otherProcesses: [101, 310, 311, 312], // ptrace, process_vm_readv, process_vm_writev, kcmp
      namespaces: [272, 308], // unshare, setns
      kernel: [321, 298, 323, 103], // bpf, perf_event_open, userfaultfd, syslog
      keys: [248, 249, 250], // add_key, request_key, keyctl
      modules: [174, 175, 313, 176, 177, 178, 246, 320], // create, init, finit, delete, get_kernel_syms, query, kexec
      machine: [167, 168, 169, 163, 179, 172, 173, 154], // swapon, swapoff, reboot, acct, quotactl, iopl, ioperm, modify_ldt
      handles: [303, 304, 300, 212, 180], // name_to_handle_at, open_by_handle_at, fanotify_init, lookup_dcookie, nfsservctl
      execution: [135, 134], // personality, uselib
    }),
  },
  arm64: {
    audit: 0xc00000b7,
    clone: 220,
    ioctl: 29,
    socket: 198,
    modes: { 1: [52], 2: [53, 33, FCHMODAT2] },
    opens: { 2: 56 },
    denied: numbers({
      mounts: [40, 39, 41, 51],
      otherProcesses: [117, 270, 271, 272],
      namespaces: [97, 268],
      kernel: [280, 241, 282, 116],
      keys: [217, 218, 219],
      modules: [105, 273, 106, 104, 294],
      machine: [224, 225, 142, 89, 60],
      handles: [264, 265, 262, 18, 42],
      execution: [92],
    }),
  },
};

/** Bits of `clone` that ask for a new namespace: cgroup, uts, ipc, user, pid, net, mount. */
const NEW_NAMESPACES = 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000 | 0x00020000;
/** Type into the terminal; control its console. */
const TERMINAL_REQUESTS = [0x5412, 0x541c] as const;
/** Unix, IPv4, IPv6, netlink. Not: vsock (it reaches the host of a virtual machine), raw packets, the kernel's ciphers … */
const SOCKET_FAMILIES = [1, 2, 10, 16] as const;

/** A file that runs with the rights of its owner or group would outlive the sandbox. */
const SET_ID_BITS = 0o6000;
/** Flags of `open` that make a file: O_CREAT, and the bit of O_TMPFILE. */
const CREATES = 0x40 | 0x400000;

/** Offsets in what the kernel shows to a filter. */
const NUMBER = 0;
const ARCHITECTURE = 4;
/** Low half of an argument; both machines are little-endian. */
const argument = (index: number): number => 16 + 8 * index;

const RESULTS = {
  allow: 0x7fff0000,
  deny: 0x00050000 + 1, // EPERM
  missing: 0x00050000 + 38, // ENOSYS: programs then use what came before
  family: 0x00050000 + 97, // EAFNOSUPPORT
  kill: 0x80000000, // the process
} as const;

type Label = keyof typeof RESULTS | "clone" | "ioctl" | "socket" | `${"mode" | "open"}${1 | 2}` | "mode3";
type Step =
  | { readonly op: "label"; readonly label: Label }
  | { readonly op: "load" | "return"; readonly value: number; readonly ifTrue?: undefined; readonly ifFalse?: undefined }
  | { readonly op: "equal" | "atLeast" | "anyBit"; readonly value: number; readonly ifTrue?: Label; readonly ifFalse?: Label };

function programFor({ audit, foreignFrom, clone, ioctl, socket, modes, opens, denied }: Machine): Step[] {
  return [
    { op: "load", value: ARCHITECTURE },
    { op: "equal", value: audit, ifFalse: "kill" },
    { op: "load", value: NUMBER },
    ...(foreignFrom === undefined ? [] : [{ op: "atLeast", value: foreignFrom, ifTrue: "missing" } as const]),
    ...denied.toSorted((a, b) => a - b).map((value) => ({ op: "equal", value, ifTrue: "deny" }) as const),
    { op: "equal", value: CLONE3, ifTrue: "missing" },
    { op: "equal", value: OPENAT2, ifTrue: "missing" },
    ...([1, 2] as const).flatMap((place): Step[] => [
      ...modes[place].map((value) => ({ op: "equal", value, ifTrue: `mode${place}` }) as const),
      ...(opens[place] === undefined ? [] : [{ op: "equal", value: opens[place], ifTrue: `open${place}` } as const]),
    ]),
    { op: "equal", value: clone, ifTrue: "clone" },
    { op: "equal", value: ioctl, ifTrue: "ioctl" },
    { op: "equal", value: socket, ifTrue: "socket", ifFalse: "allow" },
    { op: "label", label: "clone" },
    { op: "load", value: argument(0) },
    { op: "anyBit", value: NEW_NAMESPACES, ifTrue: "deny", ifFalse: "allow" },
    { op: "label", label: "ioctl" },
    { op: "load", value: argument(1) },
    ...TERMINAL_REQUESTS.map((value) => ({ op: "equal", value, ifTrue: "deny" }) as const),
    { op: "return", value: RESULTS.allow },
    { op: "label", label: "socket" },
    { op: "load", value: argument(0) },
    ...SOCKET_FAMILIES.map((value) => ({ op: "equal", value, ifTrue: "allow" }) as const),
    { op: "return", value: RESULTS.family },
    ...([1, 2] as const).flatMap((place): Step[] => [
      { op: "label", label: `open${place}` },
      { op: "load", value: argument(place) },
      { op: "anyBit", value: CREATES, ifTrue: place === 1 ? "mode2" : "mode3", ifFalse: "allow" },
    ]),
    ...([1, 2, 3] as const).flatMap((place): Step[] => [
      { op: "label", label: `mode${place}` },
      { op: "load", value: argument(place) },
      { op: "anyBit", value: SET_ID_BITS, ifTrue: "deny", ifFalse: "allow" },
    ]),
    ...(["deny", "missing", "kill", "allow"] as const).flatMap((label): Step[] => [
      { op: "label", label },
      { op: "return", value: RESULTS[label] },
    ]),
  ];
}

const CODES = { load: 0x20, return: 0x06, equal: 0x15, atLeast: 0x35, anyBit: 0x45 } as const;

/** Labels become distances; all lead forward, as the kernel demands. */
function assemble(steps: readonly Step[]): Uint8Array {
  const places = new Map<Label, number>();
  const instructions: Exclude<Step, { op: "label" }>[] = [];
  for (const step of steps) {
    if (step.op === "label") places.set(step.label, instructions.length);
    else instructions.push(step);
  }
  const distance = (label: Label | undefined, from: number): number =>
    label === undefined ? 0 : (places.get(label) ?? 0) - from - 1;
  const view = new DataView(new ArrayBuffer(8 * instructions.length));
  for (const [index, step] of instructions.entries()) {
    view.setUint16(8 * index, CODES[step.op], true);
    view.setUint8(8 * index + 2, distance(step.ifTrue, index));
    view.setUint8(8 * index + 3, distance(step.ifFalse, index));
    view.setUint32(8 * index + 4, step.value, true);
  }
  return new Uint8Array(view.buffer);
}
