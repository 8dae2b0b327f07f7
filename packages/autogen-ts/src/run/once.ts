/** Gives what `make` gave when it was asked first: for tables and expressions that few programs need, and all would load. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
