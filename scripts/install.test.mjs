import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isInstalled } from "./install.mjs";
import { tree, write } from "./temporary.mjs";

const lockOf = (packages) => JSON.stringify({ packages });
const lock = lockOf({
  "": { name: "root" },
  "packages/a": { version: "1.0.0" },
  "node_modules/a": { resolved: "packages/a", link: true },
  "node_modules/b": { version: "2.0.0" },
  "node_modules/other-system": { version: "3.0.0", optional: true },
});
const complete = {
  "package-lock.json": lock,
  "node_modules/a/package.json": "{}",
  "node_modules/.package-lock.json": lockOf({ "node_modules/b": { version: "2.0.0" } }),
};

test("a fresh clone is not installed", () => {
  const folder = tree({ "package-lock.json": lock });
  expect(isInstalled("demo", lock, folder)).toBe(false);
  expect(isInstalled("all", lock, folder)).toBe(false);
});

test("an install made by hand counts, without packages for other systems", () => {
  const folder = tree(complete);
  expect(isInstalled("all", lock, folder)).toBe(true);
  expect(JSON.parse(readFileSync(join(folder, "node_modules", ".installed.json"), "utf8")).set).toBe("all");
});

test("a package in another version is not installed", () => {
  const folder = tree({ ...complete, "node_modules/.package-lock.json": lockOf({ "node_modules/b": { version: "1.9.9" } }) });
  expect(isInstalled("all", lock, folder)).toBe(false);
});

test("everything satisfies the demo, the demo does not satisfy everything", () => {
  const folder = tree(complete);
  isInstalled("all", lock, folder);
  write(folder, { "node_modules/.package-lock.json": lockOf({}) });
  expect(isInstalled("demo", lock, folder)).toBe(true);

  const stamp = readFileSync(join(folder, "node_modules", ".installed.json"), "utf8");
  write(folder, { "node_modules/.installed.json": stamp.replace('"all"', '"demo"') });
  expect(isInstalled("demo", lock, folder)).toBe(true);
  expect(isInstalled("all", lock, folder)).toBe(false);
});

test("a changed lock file asks for a new install", () => {
  const folder = tree(complete);
  isInstalled("all", lock, folder);
  const changed = lockOf({ "node_modules/c": { version: "1.0.0" } });
  expect(isInstalled("all", changed, folder)).toBe(false);
});

test("a record cut off by an interrupted install is no record", () => {
  const folder = tree({ ...complete, "node_modules/.package-lock.json": '{"packages": {' });
  expect(isInstalled("all", lock, folder)).toBe(false);
});
