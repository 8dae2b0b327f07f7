/** The part of the optional package `gpt-tokenizer` that is used, so that the library is built where it is not installed. */
declare module "gpt-tokenizer/encoding/*" {
  export function countTokens(text: string, options?: { readonly disallowedSpecial?: Set<string> }): number;
  export function encode(text: string, options?: { readonly disallowedSpecial?: Set<string> }): number[];
  export function decode(tokens: Iterable<number>): string;
}
