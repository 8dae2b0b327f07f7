/** Reading Markdown as far as the checks need it: headings, links and fenced code. No HTML, no reference links. */

/**
 * @typedef {{ language: string, flags: string[], code: string, line: number }} CodeFence `line` of its first line of code
 * @typedef {{ target: string, line: number }} Link
 */

/**
 * @param {string} text
 * @returns {{ fences: CodeFence[], links: Link[], anchors: Set<string> }}
 */
export function readMarkdown(text) {
  /** @type {CodeFence[]} */
  const fences = [];
  /** @type {Link[]} */
  const links = [];
  /** @type {string[]} */
  const headings = [];
  let open;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const fence = /^\s*(`{3,}|~{3,})\s*(.*)$/.exec(line);
    if (open !== undefined) {
      if (fence !== null && fence[2] === "" && fence[1].startsWith(open.mark)) {
        const [language = "", ...flags] = open.info.split(/\s+/);
        fences.push({ language, flags, code: `${open.lines.join("\n")}\n`, line: open.line });
        open = undefined;
      } else open.lines.push(line);
    } else if (fence !== null) {
      open = { mark: fence[1], info: fence[2].trim(), lines: [], line: index + 2 };
    } else {
      const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line);
      if (heading !== null) headings.push(heading[1]);
      // Code in a line is not a link.
      for (const [, target] of line.replaceAll(/`[^`]*`/g, "").matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)) {
        links.push({ target, line: index + 1 });
      }
    }
  }
  return { fences, links, anchors: anchorsOf(headings) };
}

/** The names that web views give to headings: lower case, no punctuation, hyphens for spaces, numbers for repetitions. */
function anchorsOf(headings) {
  const anchors = new Set();
  for (const heading of headings) {
    const shownText = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1");
    const name = shownText
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, "")
      .replaceAll(" ", "-");
    let unique = name;
    for (let count = 1; anchors.has(unique); count++) unique = `${name}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}
