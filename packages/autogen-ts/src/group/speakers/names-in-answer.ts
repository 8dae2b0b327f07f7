/** Which agents a model's answer names. Specification chapter 12, section 6.3 and D12-6. */

/** Whom an answer means. */
export type ResolvedSpeaker = { readonly name: string } | { readonly none: true } | { readonly several: readonly string[] };

/** How often each name stands in the answer; names that do not are left out. Longer names first: what matched counts once. */
export function namesInAnswer(answer: string, names: readonly string[]): ReadonlyMap<string, number> {
  let text = ` ${answer} `;
  const counts = new Map<string, number>();
  for (const name of names.toSorted((a, b) => b.length - a.length)) {
    const spellings = [...new Set([name, name.replaceAll("_", " "), name.replaceAll("_", "\\_")])].map(escaped);
    let count = 0;
    text = text.replace(new RegExp(`(?<![\\p{L}\\p{N}_])(?:${spellings.join("|")})(?![\\p{L}\\p{N}_])`, "gu"), () => {
      count += 1;
      return "\u0000";
    });
    if (count > 0) counts.set(name, count);
  }
  return new Map(names.flatMap((name) => (counts.has(name) ? [[name, counts.get(name) ?? 0]] : [])));
}

/** The one name that an answer gives: the whole answer without quotes if it is a name, else the only one that stands in it. */
export function resolveSpeaker(answer: string, names: readonly string[]): ResolvedSpeaker {
  const bare = answer.trim().replaceAll(/^["'`*]+|["'`*.]+$/gu, "");
  if (names.includes(bare)) return { name: bare };
  const found = [...namesInAnswer(answer, names).keys()];
  const [only] = found;
  if (only === undefined) return { none: true };
  return found.length === 1 ? { name: only } : { several: found };
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");
