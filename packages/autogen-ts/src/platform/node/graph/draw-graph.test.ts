import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, test } from "vitest";
import { drawGraph, visualizeSpeakerTransitions, type Agent } from "../../../index.js";

const folder = mkdtempSync(join(tmpdir(), "draw-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const agent = (name: string): Agent => ({ name, receive: () => undefined });
const dotOf = (...names: string[]): string => {
  const agents = names.map(agent);
  const [first] = agents;
  return visualizeSpeakerTransitions(new Map(first === undefined ? [] : [[first, agents.slice(1)]]), agents, { format: "dot" });
};

test("GRP-33 the SVG shows every agent and every edge", async () => {
  const svg = await drawGraph(dotOf("triage", "doctor", "医生"));

  assert.deepEqual(
    [...svg.matchAll(/<text[^>]*>([^<]+)<\/text>/gu)].map(([, text]) => text),
    ["triage", "doctor", "医生"],
  );
  assert.deepEqual(
    [...svg.matchAll(/<title>(n\d&#45;&gt;n\d)<\/title>/gu)].map(([, text]) => text),
    ["n0&#45;&gt;n1", "n0&#45;&gt;n2"],
  );
});

test("names that are markup are text in the SVG", async () => {
  const svg = await drawGraph(dotOf('<script>alert("x")</script>', "\\N & <b>", '"]; evil [URL="javascript:x"'));

  assert.doesNotMatch(svg, /<script|<b>|<a |href="javascript/u);
  assert.match(svg, /&lt;script&gt;alert\(&quot;x&quot;\)&lt;\/script&gt;/u);
  assert.match(svg, />\\N &amp; &lt;b&gt;</u);
});

test("an SVG and a PNG of the asked width are written", async () => {
  const [svg, png] = [join(folder, "team.svg"), join(folder, "team.PNG")];
  assert.equal(await drawGraph(dotOf("a", "b"), { path: svg, layout: "circo" }), readFileSync(svg, "utf8"));
  await drawGraph(dotOf("a", "b"), { path: png, width: 300 });

  const image = readFileSync(png);
  assert.equal(image.subarray(1, 4).toString("latin1"), "PNG");
  assert.equal(image.readUInt32BE(16), 300);
});

for (const [title, dot, options, message] of [
  ["text that is no DOT", "digraph { a -> ", {}, /no graph in DOT: syntax error/u],
  ["a file of another kind", "digraph {}", { path: "team.pdf" }, /end in `\.svg` or `\.png`/u],
  ["an unknown layout", "digraph {}", { layout: "pretty" }, /"dot", "circo"/u],
  ["a width of nothing", "digraph {}", { width: 0 }, /from 1 to 8192/u],
] as const) {
  test(`bad input: ${title}`, async () => {
    // What JavaScript users may write.
    const untyped = drawGraph as (dot: string, options: object) => Promise<string>;
    await assert.rejects(untyped(dot, options), { code: "invalid-option", message });
  });
}
