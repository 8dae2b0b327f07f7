/** The filter of system calls. Design `sandbox`, section 8, BOX-20. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "vitest";
import { systemCallFilter } from "./system-call-filter.js";

const OPERATIONS: Readonly<Record<number, string>> = {
  0x20: "load",
  0x06: "return",
  0x15: "equal",
  0x35: "at-least",
  0x45: "any-bit",
};

interface Instruction {
  readonly code: number;
  readonly ifTrue: number;
  readonly ifFalse: number;
  readonly value: number;
}

function decode(bytes: Uint8Array): Instruction[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 8 }, (_, index) => ({
    code: view.getUint16(8 * index, true),
    ifTrue: view.getUint8(8 * index + 2),
    ifFalse: view.getUint8(8 * index + 3),
    value: view.getUint32(8 * index + 4, true),
  }));
}

/** One instruction a line: number, operation, value, and where it goes on. */
function listing(bytes: Uint8Array): string {
  const lines = decode(bytes).map(({ code, ifTrue, ifFalse, value }, index) => {
    const jumps = code === 0x20 || code === 0x06 ? "" : ` ${index + 1 + ifTrue} ${index + 1 + ifFalse}`;
    return `${index} ${OPERATIONS[code] ?? code} 0x${value.toString(16)}${jumps}`;
  });
  return `${lines.join("\n")}\n`;
}

/** What the kernel would do with a call. */
function verdict(bytes: Uint8Array, audit: number, call: number, args: readonly number[] = []): number {
  const program = decode(bytes);
  let loaded = 0;
  for (let at = 0; ; at++) {
    const step = program[at];
    assert.ok(step !== undefined, "the program ends by a return");
    if (step.code === 0x06) return step.value;
    if (step.code === 0x20) {
      loaded = step.value === 0 ? call : step.value === 4 ? audit : (args[(step.value - 16) / 8] ?? 0);
    } else {
      const holds =
        step.code === 0x15 ? loaded === step.value : step.code === 0x35 ? loaded >= step.value : (loaded & step.value) !== 0;
      at += holds ? step.ifTrue : step.ifFalse;
    }
  }
}

const ALLOW = 0x7fff0000;
const EPERM = 0x50001;
const ENOSYS = 0x50026;
const EAFNOSUPPORT = 0x50061;
const KILL = 0x80000000;

describe.each([
  {
    arch: "x64",
    audit: 0xc000003e,
    read: 0,
    mount: 165,
    ptrace: 101,
    clone: 56,
    ioctl: 16,
    socket: 41,
    chmod: [90, 1],
    fchmodat: [268, 2],
    openat: 257,
    instructions: 97,
  },
  {
    arch: "arm64",
    audit: 0xc00000b7,
    read: 63,
    mount: 40,
    ptrace: 117,
    clone: 220,
    ioctl: 29,
    socket: 198,
    chmod: [52, 1],
    fchmodat: [53, 2],
    openat: 56,
    instructions: 85,
  },
])("$arch", ({ arch, audit, read, mount, ptrace, clone, ioctl, socket, chmod, fchmodat, openat, instructions }) => {
  const filter = systemCallFilter(arch);

  test("BOX-20 the bytes are those of the listing", async () => {
    assert.equal(filter.length, 8 * instructions);
    assert.equal(listing(filter), await readFile(new URL(`fixtures/system-calls.${arch}.txt`, import.meta.url), "utf8"));
  });

  test("BOX-20 ordinary calls pass; doors into the kernel, new namespaces, terminals and strange sockets do not", () => {
    const decided = (call: number, ...args: number[]): number => verdict(filter, audit, call, args);
    assert.deepEqual([decided(read), decided(mount), decided(ptrace)], [ALLOW, EPERM, EPERM]);
    for (const call of [425, 428, 438, 442, 467]) assert.equal(decided(call), EPERM, String(call));
    assert.equal(decided(435), ENOSYS);
    assert.deepEqual([decided(clone, 0x01200011), decided(clone, 0x10000011), decided(clone, 0x00020000)], [ALLOW, EPERM, EPERM]);
    assert.deepEqual([decided(ioctl, 0, 0x5401), decided(ioctl, 0, 0x5412), decided(ioctl, 0, 0x541c)], [ALLOW, EPERM, EPERM]);
    for (const family of [1, 2, 10, 16]) assert.equal(decided(socket, family), ALLOW, String(family));
    for (const family of [17, 38, 40]) assert.equal(decided(socket, family), EAFNOSUPPORT, String(family));
  });

  test("BOX-20 files cannot get their owner's rights", () => {
    const decided = (call: number, ...args: number[]): number => verdict(filter, audit, call, args);
    for (const [call = 0, place = 0] of [chmod, fchmodat]) {
      const withMode = (mode: number): number[] => [...Array.from({ length: place }, () => 0o6000), mode];
      assert.deepEqual(
        [decided(call, ...withMode(0o755)), decided(call, ...withMode(0o4755)), decided(call, ...withMode(0o2755))],
        [ALLOW, EPERM, EPERM],
      );
    }
    const create = 0x41;
    assert.deepEqual(
      [
        decided(openat, 0, 0, create, 0o644),
        decided(openat, 0, 0, create, 0o4644),
        decided(openat, 0, 0, 0, 0o4644),
        decided(openat, 0, 0, 0x410000, 0o2644),
      ],
      [ALLOW, EPERM, ALLOW, EPERM],
    );
    assert.equal(decided(437), ENOSYS);
  });

  test("BOX-20 calls of another architecture end the process", () => {
    assert.equal(verdict(filter, 0x40000003, read), KILL); // 32 bit
    if (arch === "x64") assert.equal(verdict(filter, audit, 0x40000000), ENOSYS); // x32
  });
});

test("BOX-20 an unknown architecture is refused", () => {
  for (const arch of ["riscv64", "ia32", "constructor"])
    assert.throws(() => systemCallFilter(arch), { code: "unsupported", message: new RegExp(`\`${arch}\``) });
});
