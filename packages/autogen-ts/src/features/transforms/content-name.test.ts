import assert from "node:assert/strict";
import { test } from "vitest";
import { contents, user } from "../../../test/transforms/stage.js";
import { TextMessageContentName, type ContentNameOptions } from "./index.js";
import type { Message } from "../../core.js";

const named = (options: ContentNameOptions, messages: readonly Message[]): unknown[] =>
  contents(new TextMessageContentName(options).applyTransform(messages));
const image = { type: "image_url", image_url: { url: "u" } } as const;

for (const [title, options, message, expected] of [
  ["in front, on a line of its own", {}, user("hi", "ann"), "ann:\nhi"],
  ["at the end", { position: "end", formatString: " ({name})" }, user("hi", "ann"), "hi (ann)"],
  ["once", {}, user("ann:\nhi", "ann"), "ann:\nhi"],
  ["twice without `deduplicate`", { deduplicate: false }, user("ann:\nhi", "ann"), "ann:\nann:\nhi"],
  ["signs with a meaning in replacements", { formatString: "{name}> " }, user("hi", "$&"), "$&> hi"],
  ["no name", {}, user("hi"), "hi"],
  ["no text", {}, user("", "ann"), ""],
  ["filtered", { filterDict: { role: ["user"] } }, user("hi", "ann"), "hi"],
  ["filtered the other way", { filterDict: { role: ["user"] }, excludeFilter: false }, user("hi", "ann"), "ann:\nhi"],
] as const) {
  test(`XFRM-10 ${title}`, () => {
    assert.deepEqual(named(options, [message]), [expected]);
  });
}

test("XFRM-10 lists of parts get a part with the name (D14-6)", () => {
  const message: Message = { role: "user", name: "ann", content: [image, { type: "text", text: "hi" }] };
  const part = (text: string) => ({ type: "text", text });
  assert.deepEqual(named({}, [message]), [[part("ann:\n"), image, part("hi")]]);
  assert.deepEqual(named({ position: "end", formatString: " ({name})" }, [message]), [[image, part("hi"), part(" (ann)")]]);
  assert.deepEqual(named({}, [{ ...message, content: [image] }]), [[image]]);
});

test("XFRM-10 the log, and wrong values", () => {
  const transform = new TextMessageContentName();
  const before = [user("a", "ann"), user("b")];
  assert.deepEqual(transform.getLogs(before, transform.applyTransform(before)), [
    "1 message(s) changed to incorporate name.",
    true,
  ]);
  assert.deepEqual(transform.getLogs(before, before), ["No messages changed to incorporate name.", false]);
  for (const options of [{ position: "middle" }, { formatString: "no place" }, { deduplicate: 1 }, { filterDict: [] }]) {
    assert.throws(() => new TextMessageContentName(options as never), { code: "invalid-option" });
  }
});
