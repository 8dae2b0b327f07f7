/** The type of the arguments that a JSON Schema describes, as far as literal types go. */
import type { Json } from "../message/index.js";
import type { ParameterSchema } from "./parameter-schema.js";

/**
 * For a schema written in place, the arguments that fit it; properties with a `default` are always there. For a schema
 * whose type says nothing, any object.
 */
export type ArgumentsOf<S extends ParameterSchema> = string extends keyof S
  ? { readonly [name: string]: Json }
  : ObjectOf<S> extends infer O
    ? O
    : never;

type ObjectOf<S> = S extends { readonly properties: infer P }
  ? Flat<
      { readonly [K in keyof P as K extends Present<S, P> ? K : never]: ValueOf<P[K]> } & {
        readonly [K in keyof P as K extends Present<S, P> ? never : K]?: ValueOf<P[K]> | undefined;
      }
    >
  : { readonly [name: string]: Json };

/** What is required, or filled in. */
type Present<S, P> =
  | (S extends { readonly required: readonly (infer R)[] } ? R : never)
  | { [K in keyof P]: P[K] extends { readonly default: unknown } ? K : never }[keyof P];

type ValueOf<S> = S extends { readonly const: infer C }
  ? C
  : S extends { readonly enum: readonly (infer E)[] }
    ? E
    : S extends { readonly anyOf: readonly (infer U)[] } | { readonly oneOf: readonly (infer U)[] }
      ? ValueOf<U>
      : S extends { readonly type: readonly (infer T)[] }
        ? ValueOf<{ readonly type: T }>
        : S extends { readonly type: keyof Primitives }
          ? Primitives[S["type"]]
          : S extends { readonly type: "array"; readonly items: infer I }
            ? readonly ValueOf<I>[]
            : S extends { readonly type: "array" }
              ? readonly Json[]
              : S extends { readonly type: "object" }
                ? ObjectOf<S>
                : Json;

interface Primitives {
  readonly string: string;
  readonly number: number;
  readonly integer: number;
  readonly boolean: boolean;
  readonly null: null;
}

type Flat<T> = { [K in keyof T]: T[K] };
