import type { Json } from "../message/index.js";

/** Values by name, plain JSON. System messages may hold `{name}`, tools get them as `context.variables`. */
export class ContextVariables {
  readonly #initial: Readonly<Record<string, Json>>;
  readonly #values: Map<string, Json>;

  constructor(initial: Readonly<Record<string, Json>> = {}) {
    this.#initial = { ...initial };
    this.#values = new Map(Object.entries(initial));
  }

  /** Undefined when there is no such value. */
  get(name: string): Json | undefined {
    return this.#values.get(name);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  set(name: string, value: Json): void {
    this.#values.set(name, value);
  }

  delete(name: string): void {
    this.#values.delete(name);
  }

  /** The values that it was made with, and no others. */
  reset(): void {
    this.replace(this.#initial);
  }

  /** These values, and no others. */
  replace(values: Readonly<Record<string, Json>>): void {
    this.#values.clear();
    for (const [name, value] of Object.entries(values)) this.#values.set(name, value);
  }

  /** A copy of all values. */
  toJSON(): Record<string, Json> {
    return Object.fromEntries(this.#values);
  }

  /** The text with the values in the places of `{name}`; braces around anything else stay. */
  fill(text: string): string {
    if (this.#values.size === 0 || !text.includes("{")) return text;
    return text.replaceAll(/\{([^{}]+)\}/g, (place: string, name: string) => {
      const value = this.#values.get(name);
      if (value === undefined) return place;
      return typeof value === "string" ? value : JSON.stringify(value);
    });
  }
}
