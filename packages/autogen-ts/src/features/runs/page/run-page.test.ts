import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as fc from "fast-check";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, test } from "vitest";
import type { Json } from "../../../core.js";
import { hasBrowser, startBrowser } from "../../../../test/browser.js";
import { runPage, type StoredEvent, type StoredRun } from "../index.js";

const event = (seq: number, type: string, fields: { readonly [name: string]: Json }): StoredEvent => ({
  ...{ time: new Date(1_795_000_000_000 + 250 * seq).toISOString(), seq, path: "run/chat-0", type },
  ...fields,
});
const said = (seq: number, from: string, to: string, content: Json, more: { readonly [name: string]: Json } = {}): StoredEvent =>
  event(seq, "message.received", { from, to, message: { role: "user", content, ...more } });
const runOf = (events: readonly StoredEvent[]): StoredRun => ({
  ...{ file: "/tmp/a <b>&.jsonl", time: "2026-11-21T10:00:00.000Z", events, notes: ["The last line is incomplete."] },
});

/** What markup is made of, marks that turn the direction, halves of characters. */
const LETTERS = ["<", ">", "&", '"', "'", "`", "/", "=", "!", "-", " ", "\n", "\u202E", "\uD800", "a", "Z"];

/** Text that would do harm if it were anything but text. */
const HOSTILE = [
  `</script><script>window.harmed = 1</script>`,
  `<img src=x onerror="window.harmed = 2">`,
  `"><svg onload="window.harmed = 3"><a href="javascript:window.harmed=4" autofocus onfocus="window.harmed=5">`,
  `</style><style>@import url("https://outside.example/x.css");</style><link rel=stylesheet href="https://outside.example/y.css">`,
  `</title></head><base href="https://outside.example/"><meta http-equiv="refresh" content="0;url=https://outside.example/">`,
  "<iframe src='https://outside.example/'></iframe><form action='https://outside.example/'><button>Go</button></form>",
  "\u001B[31mred\u0000 \u202Egnp.exe\u2066 half \uD800",
];
const PIXEL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

function hostileRun(): StoredRun {
  const events = HOSTILE.flatMap((text, at) => [
    said(5 * at, text, "user", text),
    event(5 * at + 1, "llm.start", { agent: text, model: text }),
    event(5 * at + 2, "llm.end", {
      agent: text,
      model: text,
      usage: { promptTokens: 3, completionTokens: 4, cost: 0.5 },
      cached: false,
    }),
    said(5 * at + 3, "user", text, null, { tool_calls: [{ function: { name: text, arguments: text } }] }),
    event(5 * at + 4, "warning", { text }),
  ]);
  const last = events.length;
  const pictures = [
    PIXEL,
    "https://outside.example/p.png",
    "data:image/svg+xml,<svg onload='window.harmed=6'/>",
    `x" onerror="window.harmed=7`,
  ];
  return runOf([
    ...events,
    said(last, "user", "bot", [
      { type: "text", text: "Look:" },
      ...pictures.map((url) => ({ type: "image_url", image_url: { url } })),
    ]),
    event(last + 1, "chat.end", { from: "user", to: "bot", stopReason: HOSTILE[0] ?? "", stopDetail: null, summary: null }),
  ]);
}

test("the page has what was said, who spoke after whom, and what it cost", () => {
  const page = runPage(
    runOf([
      event(0, "chat.start", { from: "user", to: "bot" }),
      said(1, "user", "bot", "What is 2 < 3?"),
      event(2, "llm.start", { agent: "bot", model: "gpt-4o" }),
      event(3, "llm.end", {
        agent: "bot",
        model: "gpt-4o",
        usage: { promptTokens: 1200, completionTokens: 34, cost: 0.0123 },
        cached: false,
      }),
      said(4, "bot", "user", "It is true."),
      event(5, "chat.end", { from: "user", to: "bot", stopReason: "max-turns", stopDetail: null, summary: "It is true." }),
    ]),
  );
  assert.match(page, /<p class="said">What is 2 &lt; 3\?<\/p>/u);
  assert.match(page, /<tr>\s*<td>user<\/td>\s*<td>bot<\/td>\s*<td class="number">1<\/td>/u);
  assert.match(page, /1,200 \+ 34[^]*\$0\.0123/u);
  assert.match(page, /<title>a &lt;b&gt;&amp;\.jsonl<\/title>/u);
  assert.match(page, /<p class="note">The last line is incomplete\.<\/p>/u);
  assert.match(page, /max-turns/u);
});

test("a very long run: the page says how much of it is in the file alone", () => {
  const page = runPage(runOf(Array.from({ length: 20_001 }, (_, seq) => said(seq, "a", "b", "x"))));
  assert.match(page, /15,001 further rows of the timeline: see the file/u);
  assert.match(page, /1 further message: see the file/u);
  assert.equal(page.match(/<article /gu)?.length, 20_000);
});

test("what keeps its spaces has only those that were said", () => {
  const page = runPage(runOf([said(0, "a", "b", "one\n  two\n\tthree"), said(1, "b", "a", "x".repeat(5_000))]));
  assert.match(page, /<p class="said">one\n {2}two\n\tthree<\/p>/u);
  assert.match(page, /<summary>All 5,000 characters<\/summary>/u);
});

test("any text in any place stays text: no element, attribute or entity is made of it", () => {
  const elements = (page: string): readonly string[] =>
    [...page.matchAll(/<\/?[a-z!][^>]*>/giu)].map(([tag]) => tag.replaceAll(/"[^"]*"/gu, '""'));
  const harmless = elements(runPage(runOf([said(0, "a", "b", "c"), event(1, "warning", { text: "d" })])));
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...LETTERS), { maxLength: 12 }), (letters) => {
      const text = `x${letters.join("")}`;
      const page = runPage(runOf([said(0, text, `${text}b`, text), event(1, "warning", { text })]));
      assert.deepEqual(elements(page), harmless);
      assert.doesNotMatch(page, /[\u202E\p{Cs}]/u);
    }),
    { seed: 25, numRuns: 300 },
  );
});

describe.skipIf(!hasBrowser())("in a real browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "run-page-"));
  const file = join(folder, "page.html");
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
    writeFileSync(file, runPage(hostileRun()));
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function opened(
    colorScheme: "light" | "dark",
    use: (page: Page, seen: readonly string[]) => Promise<void>,
  ): Promise<void> {
    const page = await browser.newPage({ colorScheme });
    const seen: string[] = [];
    page.on("request", (request) => void (request.url().startsWith("data:") || seen.push(request.url())));
    page.on("console", (message) => seen.push(`console: ${message.text()}`));
    page.on("dialog", (dialog) => void seen.push(`dialog: ${dialog.message()}`));
    try {
      await page.goto(pathToFileURL(file).href);
      await use(page, seen);
    } finally {
      await page.close();
    }
  }

  test("it opens from disk without any request outside, and nothing of the content runs", async () => {
    await opened("light", async (page, seen) => {
      await page.waitForLoadState("networkidle");
      assert.deepEqual(seen, [pathToFileURL(file).href]);
      assert.equal(await page.evaluate("window.harmed"), undefined);
      assert.equal(
        await page.evaluate(
          `document.querySelectorAll("script, iframe, form, link, base, [onerror], [onload], [onfocus]").length`,
        ),
        0,
      );
      // The only picture is the one that stands in its message, and it is shown.
      assert.deepEqual(await page.evaluate(`[...document.images].map((image) => image.naturalWidth)`), [1]);
      // The one style is allowed by its hash.
      assert.equal(await page.evaluate(`getComputedStyle(document.querySelector("article")).borderLeftWidth`), "4px");
    });
  });

  test("even if an element got through, no script, style or request of it would", async () => {
    await opened("light", async (page) => {
      await page.evaluate(`{
        const script = document.createElement("script");
        script.textContent = "window.harmed = 8";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", '<img src="x" onerror="window.harmed = 9"><p id="painted" style="color: red"></p>');
      }`);
      assert.equal(
        await page.evaluate(`fetch("https://outside.example/").then(() => "went out", () => "was refused")`),
        "was refused",
      );
      assert.equal(await page.evaluate("window.harmed"), undefined);
      assert.notEqual(await page.evaluate(`getComputedStyle(document.getElementById("painted")).color`), "rgb(255, 0, 0)");
    });
  });

  for (const scheme of ["light", "dark"] as const) {
    test(`an automatic check finds no barrier for people with disabilities (${scheme})`, async () => {
      await opened(scheme, async (page) => {
        await page.evaluate(axe);
        const violations = await page.evaluate(
          `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html.slice(0, 200)))`,
        );
        assert.deepEqual(violations, []);
      });
    });
  }

  test("all of it can be reached by keyboard", async () => {
    await opened("light", async (page) => {
      const reached: string[] = [];
      for (let step = 0; step < 8; step += 1) {
        await page.keyboard.press("Tab");
        reached.push(String(await page.evaluate(`document.activeElement.textContent.trim().slice(0, 20)`)));
      }
      assert.deepEqual(reached.slice(0, 5), [
        "Skip to the timeline",
        "Timeline",
        "Who spoke after whom",
        "Tokens and costs",
        "Transcript",
      ]);
    });
  });
});
