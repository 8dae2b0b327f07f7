/** The pure parts of the executors. */
import assert from "node:assert/strict";
import { test } from "vitest";
import { bubblewrapArguments } from "./bubblewrap-profile.js";
import { CappedOutput } from "./capped-output.js";
import { ExitCleanup } from "./exit-cleanup.js";
import { readMessage } from "./interpreter-messages.js";
import { LineReader } from "./line-reader.js";

test("BOX-04 output within the limit is whole; more keeps both ends and whole characters", () => {
  const kept = (text: string, limit: number, chunk = 3): string => {
    const output = new CappedOutput(limit);
    const bytes = Buffer.from(text);
    for (let start = 0; start < bytes.length; start += chunk) output.add(bytes.subarray(start, start + chunk));
    return output.text();
  };
  assert.equal(kept("", 4), "");
  assert.equal(kept("0123456789", 10), "0123456789");
  assert.equal(kept("0123456789a", 10), "01234\n[... 1 bytes of output left out ...]\n6789a");
  assert.equal(kept("x".repeat(1_000), 4, 1), "xx\n[... 996 bytes of output left out ...]\nxx");
  assert.equal(kept("aé€é€éb", 6), "aé\n[... 8 bytes of output left out ...]\néb");
});

test("BOX-19 lines of the interpreter are checked; what is no message is output", () => {
  assert.deepEqual(readMessage("hello"), { type: "output", stream: "stdout", text: "hello\n" });
  assert.deepEqual(readMessage("[1]"), { type: "output", stream: "stdout", text: "[1]\n" });
  assert.deepEqual(readMessage("null"), { type: "output", stream: "stdout", text: "null\n" });
  assert.deepEqual(readMessage('{"type":"done","id":2,"exitCode":"x","files":[1,{"name":"a"},{"name":5}],"removed":7}'), {
    type: "done",
    id: 2,
    exitCode: 0,
    files: [{ name: "a", data: "" }],
    removed: [],
    skipped: [],
  });
});

test("BOX-19 lines are cut from chunks, and a line without end is reported", () => {
  const seen: string[] = [];
  const reader = new LineReader(
    8,
    (line) => seen.push(line),
    () => seen.push("too long"),
  );
  for (const chunk of ["a", "b\nc", "d\n\ne", "0123456789"]) reader.add(Buffer.from(chunk));
  assert.deepEqual(seen, ["ab", "cd", "", "too long"]);
});

test("BOX-10 the profile names each folder and variable, the filter, and the way out", () => {
  const profile = {
    workFolder: "/tmp/w",
    systemFolders: [
      { path: "/bin", link: "usr/bin" },
      { path: "/lib", link: null },
    ],
    readOnlyFolders: ["/opt/python"],
    searchPath: "/usr/bin",
    env: { A: "b" },
    limits: { memoryBytes: 1, processes: 2, fileBytes: 3, cpuSeconds: 4 },
    network: { shared: false, folders: [], settings: [], env: {}, command: [] },
    aliveDescriptor: 3,
    filterDescriptor: 4,
    gateDescriptor: 5,
    numberDescriptor: 6,
  };
  const text = bubblewrapArguments(profile).join(" ");
  for (const part of [
    "--unshare-all --unshare-user --disable-userns --die-with-parent --new-session --cap-drop ALL",
    "--clearenv --setenv PATH /usr/bin --setenv HOME /work --setenv LANG C.UTF-8 --setenv A b",
    "--symlink usr/bin /bin --ro-bind /lib /lib",
    "--ro-bind /opt/python /opt/python --bind /tmp/w /work --chdir /work --remount-ro /",
    "--info-fd 6 --block-fd 5",
    "--seccomp 4 -- /bin/sh -c ulimit -c 0 ",
  ])
    assert.ok(text.includes(part), part);
  assert.equal(text.includes("--share-net"), false);
  const network = {
    shared: true,
    folders: [{ path: "/tmp/net", inside: "/run/network" }],
    settings: ["/etc/hosts"],
    env: { http_proxy: "x" },
    command: ["bridge"],
  };
  const open = bubblewrapArguments({ ...profile, network }).join(" ");
  for (const part of [
    "--unshare-all --share-net --unshare-user",
    "--setenv http_proxy x --setenv A b",
    "--ro-bind-try /etc/hosts /etc/hosts",
    "--ro-bind /tmp/net /run/network --bind /tmp/w",
    "sh 1 4194304 1 2 4 5 bridge",
  ])
    assert.ok(open.includes(part), part);
});

test("EXE-22 duties are carried out at the end of the process, unless they were taken back", () => {
  const before = process.listeners("exit");
  const done: string[] = [];
  const cleanup = new ExitCleanup();
  cleanup.add(() => done.push("kept"));
  const forget = cleanup.add(() => done.push("forgotten"));
  forget();
  forget();
  const [listener] = process.listeners("exit").filter((one) => !before.includes(one));
  listener?.call(process, 0);
  assert.deepEqual(done, ["kept"]);
});
