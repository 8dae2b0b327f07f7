/** Text of models and other strangers, for people to read before they decide. */

/** Characters that terminals obey or that change what stands beside them are written as codes. */
export function visibleText(text: string): string {
  return text.replaceAll(deceiving(), (found) =>
    [...Array(found.length).keys()].map((at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, "0")}`).join(""),
  );
}

/** Controls but the line break, invisible and direction marks, tags, and halves of characters. */
const deceiving = (): RegExp => new RegExp(String.raw`(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u{E0000}-\u{E0FFF}]`, "gu");
