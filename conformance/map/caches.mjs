/** Response caches: the same kind and seed is the same cache within a scenario. */
import { exported } from "./not-available.mjs";

/** @param {{ type: "disk" | "memory", seed: string | number } | null} spec @param {import("./stage.mjs").Stage} stage */
export function cacheOf(spec, stage) {
  if (spec === null) return null;
  const key = `${spec.type}:${spec.seed}`;
  if (!stage.caches.has(key)) stage.caches.set(key, makeCache(spec));
  return stage.caches.get(key);
}

function makeCache({ type, seed }) {
  if (type === "disk") return exported("Cache", "response caches").disk({ cacheSeed: seed });
  return new (exported("InMemoryCache", "response caches"))(seed);
}
