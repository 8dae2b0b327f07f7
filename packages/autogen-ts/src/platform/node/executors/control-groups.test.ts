/** Limits on all processes together. Design `sandbox`, section 4. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { test } from "vitest";
import { inFolder } from "../../../../test/executors.js";
import { ControlGroups, ENTER_GROUPS } from "./control-groups.js";
import { watchMemoryOfTree } from "./memory-watch.js";

const LIMITS = { memoryBytes: 268_435_456, processes: 20 };
const mount = (path: string, type: string, options: string, root = "/"): string =>
  `30 20 0:26 ${root} ${path} rw,relatime - ${type} cgroup rw,${options}\n`;

test("BOX-14 control groups of version 2 are made beside our own, with all limits, and removed", async () => {
  await inFolder(async (folder) => {
    const app = join(folder, "user", "app");
    await mkdir(join(app, "ours"), { recursive: true });
    await writeFile(join(app, "cgroup.subtree_control"), "memory pids\n");
    await writeFile(join(app, "cgroup.procs"), "");
    await writeFile(join(folder, "cgroup"), "0::/user/app/ours\n");
    await writeFile(join(folder, "mountinfo"), mount(folder, "cgroup2", "nsdelegate"));
    const groups = await ControlGroups.find({ cgroup: join(folder, "cgroup"), mountinfo: join(folder, "mountinfo") });
    assert.equal(groups.limitsMemory, true);
    const group = groups.make(LIMITS);
    assert.ok(group !== undefined);
    const made = (await readdir(app)).filter((name) => name.startsWith(`autogen-${process.pid}-`));
    assert.equal(made.length, 1);
    const path = join(app, made[0] ?? "");
    assert.deepEqual(
      await Promise.all(["memory.max", "memory.swap.max", "pids.max"].map((name) => readFile(join(path, name), "utf8"))),
      ["268435456", "0", "20"],
    );
    await group.join(123);
    assert.equal(await readFile(join(path, "cgroup.procs"), "utf8"), "123");
    assert.equal(await group.ranOutOfMemory(), false);
    await writeFile(join(path, "memory.events"), "low 0\noom 1\noom_kill 1\n");
    assert.equal(await group.ranOutOfMemory(), true);
  });
});

test("BOX-14 control groups of version 1 are made below our own, seen through a part of the hierarchy", async () => {
  await inFolder(async (folder) => {
    for (const name of ["memory", "pids"]) await mkdir(join(folder, name, "inner"), { recursive: true });
    await writeFile(join(folder, "cgroup"), "4:memory:/docker/abc/inner\n3:cpu,pids:/\n0::/\n");
    const mounts =
      mount(join(folder, "memory"), "cgroup", "memory", "/docker/abc") + mount(join(folder, "pids"), "cgroup", "cpu,pids");
    await writeFile(join(folder, "mountinfo"), mounts);
    const groups = await ControlGroups.find({ cgroup: join(folder, "cgroup"), mountinfo: join(folder, "mountinfo") });
    const group = groups.make(LIMITS);
    const [inMemory = ""] = await readdir(join(folder, "memory", "inner"));
    assert.equal(await readFile(join(folder, "memory", "inner", inMemory, "memory.limit_in_bytes"), "utf8"), "268435456");
    const inPids = (await readdir(join(folder, "pids"))).find((name) => name.startsWith("autogen-")) ?? "";
    assert.equal(await readFile(join(folder, "pids", inPids, "pids.max"), "utf8"), "20");
    assert.deepEqual(group?.entrances, [
      join(folder, "memory", "inner", inMemory, "tasks"),
      join(folder, "pids", inPids, "tasks"),
    ]);
    const args = ["-c", `${ENTER_GROUPS} exec "$@"`, "sh", ...group.entrances, "--", "echo", "it is in"];
    assert.equal((await promisify(execFile)("sh", args)).stdout, "it is in\n");
    assert.equal(await readFile(join(folder, "pids", inPids, "tasks"), "utf8"), "0\n");
  });
});

test("BOX-14 groups that ended processes have left are removed; without a right to make groups there are none", async () => {
  await inFolder(async (folder) => {
    await mkdir(join(folder, "pids", "autogen-999999999-abc"), { recursive: true });
    await mkdir(join(folder, "pids", `autogen-${process.pid}-abc`));
    await mkdir(join(folder, "pids", "other-999999999"));
    await writeFile(join(folder, "cgroup"), "3:pids:/\n");
    await writeFile(join(folder, "mountinfo"), mount(join(folder, "pids"), "cgroup", "pids"));
    const groups = await ControlGroups.find({ cgroup: join(folder, "cgroup"), mountinfo: join(folder, "mountinfo") });
    assert.equal(groups.limitsMemory, false);
    assert.deepEqual((await readdir(join(folder, "pids"))).toSorted(), [`autogen-${process.pid}-abc`, "other-999999999"]);

    const none = await ControlGroups.find({ cgroup: join(folder, "absent"), mountinfo: join(folder, "absent") });
    assert.equal(none.make(LIMITS), undefined);
  });
});

test.skipIf(process.platform !== "linux")("BOX-14 where there are no groups, the memory of a whole tree is watched", async () => {
  const grow = `const kept = []; setInterval(() => kept.push(Buffer.alloc(20_000_000, 1)), 20);`;
  const child = execFile("sh", ["-c", '"$0" -e "$1" & wait', process.execPath, grow]);
  try {
    await new Promise<void>((resolve) => {
      assert.ok(child.pid !== undefined);
      watchMemoryOfTree(child.pid, 200_000_000, resolve);
    });
    assert.equal(child.exitCode, null);
  } finally {
    child.kill();
    await promisify(execFile)("pkill", ["-P", String(child.pid)]).catch(() => {});
  }
});
