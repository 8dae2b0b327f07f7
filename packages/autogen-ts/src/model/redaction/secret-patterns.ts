/**
 * Texts that look like secrets, wherever they stand.
 *
 * Every pattern begins with something rare and takes the whole run of characters that follows, without asking what comes
 * behind it: no text makes it try twice, so time stays linear in the length of the text.
 */

/** What a pattern finds, and what stands there afterwards: `***`, unless it says otherwise. */
export interface SecretPattern {
  readonly pattern: RegExp;
  /** @returns the text for a match, which may be the match itself */
  readonly hide?: (match: string, ...groups: readonly string[]) => string;
}

export const HIDDEN = "***";

/** The rest of a longer run is looked at anew. Engines run out of stack where one run has millions of characters. */
const LONGEST = "50000";

/** A word that no text with a secret lacks: one look for most texts, instead of one for each pattern. */
const HINT = String.raw`://|sk-|[rs]k_|eyJ|key["'\\\s]{0,8}[:=]|auth|bearer|pass|pwd|secret|token|credential|sig(?:nature)?=|AKIA|ASIA|gh[oprsu]_|pat[-_]|gsk_|xai-|AIza|hf_|xox|ya29\.|npm_|-----BEGIN`;

const NAME = [
  String.raw`(?:api|access|secret|private|subscription|license|account|shared|encryption)[-_]?(?:access[-_]?)?key`,
  String.raw`(?:access|auth|bearer|refresh|session|service|id|bot|api)[-_]?token`,
  String.raw`secret|pass(?:word|wd|phrase)|(?<![A-Za-z])(?:token|pwd)|credentials?`,
].join("|");

/** Made on first use: importing the library costs nothing for them. */
export function secretPatterns(): { readonly hint: RegExp; readonly patterns: readonly SecretPattern[] } {
  return { hint: new RegExp(HINT, "iu"), patterns: [...wellKnown(), ...inPlaces()] };
}

/** The text with what one pattern finds hidden. */
export const withoutMatches = (text: string, { pattern, hide }: SecretPattern): string =>
  hide === undefined ? text.replace(pattern, HIDDEN) : text.replace(pattern, hide);

/** Keys of services that can be told by how they begin. */
function wellKnown(): readonly SecretPattern[] {
  const sources = [
    String.raw`\bsk-[A-Za-z0-9*_-]{6,${LONGEST}}`,
    String.raw`\b[rs]k_(?:live|test)_[A-Za-z0-9]{8,${LONGEST}}`,
    String.raw`\b(?:gsk|hf|npm|glpat|github_pat|gh[oprsu]|xox[abeoprs]|xai|pplx|nvapi|tvly|r8)[-_](?=[A-Za-z_-]{0,64}\d)[A-Za-z0-9*_-]{10,${LONGEST}}`,
    String.raw`\bAIza[A-Za-z0-9*_-]{16,${LONGEST}}`,
    String.raw`\bya29\.[A-Za-z0-9_-]{10,${LONGEST}}`,
    String.raw`\b(?:AKIA|ASIA)[A-Z0-9]{12,${LONGEST}}`,
    String.raw`-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[A-Za-z0-9+/=\s\\]{0,${LONGEST}}`,
  ];
  // Two parts of three are enough: the last of a JSON Web Token is its signature.
  const webToken = {
    pattern: new RegExp(String.raw`\beyJ[A-Za-z0-9_.-]{16,${LONGEST}}`, "gu"),
    hide: (match: string) => (match.includes(".") ? HIDDEN : match),
  };
  return [...sources.map((source) => ({ pattern: new RegExp(source, "gu") })), webToken];
}

/** Whatever stands where secrets stand. */
function inPlaces(): readonly SecretPattern[] {
  const keepFirst = (_match: string, before: string): string => `${before}${HIDDEN}`;
  return [
    { pattern: new RegExp(String.raw`\bBearer\s{1,8}[^\s"'\\,;]{3,${LONGEST}}`, "gu") },
    {
      pattern: new RegExp(String.raw`\bbearer\s{1,8}[^\s"'\\,;]{8,${LONGEST}}`, "giu"),
      hide: (match) => (/\d/u.test(match) ? HIDDEN : match),
    },
    {
      pattern: new RegExp(
        String.raw`(authorization["'\\]{0,4}\s{0,4}[:=]\s{0,4}["'\\]{0,4}(?:[A-Za-z]{1,12} {1,4})?)[^\s"'\\,;*]{4,${LONGEST}}`,
        "giu",
      ),
      hide: keepFirst,
    },
    // Of an address: its password, or a key that stands alone in front of the host.
    { pattern: /(:\/\/[^\s/@:"'<>]{0,256}:)[^\s/@"'<>]{1,1024}(?=@)/gu, hide: keepFirst },
    { pattern: /(:\/\/)[^\s/@:"'<>]{16,1024}(?=@)/gu, hide: keepFirst },
    { pattern: new RegExp(String.raw`([?&](?:key|sig|signature|token|auth)=)[^&\s"'#<>]{4,${LONGEST}}`, "giu"), hide: keepFirst },
    {
      pattern: new RegExp(
        String.raw`((?:${NAME})["'\\]{0,4}\s{0,4}(?:=>|[:=])\s{0,4}["'\\]{1,4})[^"'\\\r\n]{4,${LONGEST}}`,
        "giu",
      ),
      hide: keepFirst,
    },
    { pattern: new RegExp(String.raw`((?:${NAME})=)[^\s"'\\&;,<>]{4,${LONGEST}}`, "giu"), hide: keepFirst },
    {
      // A line of a settings file; `password: required` is none.
      pattern: new RegExp(String.raw`((?:${NAME}):[ \t]{1,4})([^\s"'\\,;<>]{6,${LONGEST}})`, "giu"),
      hide: (match, before, value) => (/[\d!#$%&^+]/u.test(value ?? "") ? `${before ?? ""}${HIDDEN}` : match),
    },
  ];
}
