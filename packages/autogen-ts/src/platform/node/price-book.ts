/** The user's own prices of a whole program: registered, or in the file that AUTOGEN_PRICES names. Chapter 27, section 1. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { checkPrice, parseLenientJson, type ListedPrice } from "../../model/index.js";
import { AutogenError } from "../../run/index.js";

const VARIABLE = "AUTOGEN_PRICES";

export class PriceBook {
  readonly #environment: (name: string) => string | undefined;
  readonly #registered = new Map<string, ListedPrice>();
  /** The file as last read, by its path. */
  #file: { readonly path: string; readonly prices: ReadonlyMap<string, ListedPrice> } | null = null;

  constructor(environment: (name: string) => string | undefined) {
    this.#environment = environment;
  }

  /** All or none. @throws AutogenError `invalid-config` */
  register(prices: Readonly<Record<string, ListedPrice | null>>): void {
    const entries = Object.entries(prices);
    for (const [, price] of entries) if (price !== null) checkPrice(price);
    for (const [model, price] of entries) {
      if (price === null) this.#registered.delete(model);
      else this.#registered.set(model, price);
    }
  }

  /** @throws AutogenError `invalid-config` when the file cannot be read; it is tried again at the next call */
  price(model: string): ListedPrice | undefined {
    return this.#registered.get(model) ?? this.#read()?.get(model);
  }

  #read(): ReadonlyMap<string, ListedPrice> | undefined {
    const named = this.#environment(VARIABLE);
    if (named === undefined || named === "") return undefined;
    if (this.#file?.path !== named) this.#file = { path: named, prices: readPrices(resolve(named)) };
    return this.#file.prices;
  }
}

function readPrices(path: string): ReadonlyMap<string, ListedPrice> {
  const source = `The file ${path} (named by the environment variable ${VARIABLE})`;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const { code } = cause as { readonly code?: unknown };
    throw new AutogenError("invalid-config", `${source} cannot be read (${String(code)}). Name a file with prices, or none.`, {
      cause,
    });
  }
  const found = parseLenientJson(text, source);
  if (typeof found !== "object" || found === null || Array.isArray(found))
    throw new AutogenError("invalid-config", `${source} is no object. Write \`{ "model": [prompt, completion] }\`.`);
  return new Map(Object.entries(found).map(([model, price]) => [model, checked(price, model, source)]));
}

function checked(price: unknown, model: string, source: string): ListedPrice {
  try {
    checkPrice(price);
  } catch (cause) {
    const message = `${source} has no price for \`${model}\`. Write two numbers in US dollars per 1 000 tokens, or one for both.`;
    throw new AutogenError("invalid-config", message, { cause });
  }
  return price as ListedPrice; // Checked just now.
}
