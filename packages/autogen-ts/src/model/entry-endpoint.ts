/** Where the requests of an entry go, and by whose key. Chapter 20, sections 2 and 3. */
import { azureDeployment, isAzure } from "./azure.js";
import type { ConfigEntry } from "./client.js";
import { OPENAI_ENDPOINT } from "./endpoint.js";

/** The value of an environment variable. */
export type Environment = (name: string) => string | undefined;

/** Where the entry's requests go. */
export function endpointOf(entry: ConfigEntry, environment?: Environment): string {
  const azure = entry["azure_endpoint"];
  return (typeof azure === "string" ? azure : undefined) ?? entry.base_url ?? environment?.("OPENAI_BASE_URL") ?? OPENAI_ENDPOINT;
}

/**
 * The endpoint as events, caches and recordings name it: with the deployment, where an entry has one. Deployments of
 * one model may differ in release and filters, and must not share answers.
 */
export function shownEndpoint(entry: ConfigEntry, environment?: Environment): string {
  const endpoint = endpointOf(entry, environment);
  const deployment = isAzure(entry) ? azureDeployment(entry) : undefined;
  return deployment === undefined ? endpoint : `${endpoint.replace(/\/+$/u, "")}/openai/deployments/${deployment}`;
}

/** A value written as `env:NAME` is that of the environment variable. */
export function resolveKey(entry: ConfigEntry, environment?: Environment): string | undefined {
  const key = entry.api_key;
  if (key === undefined || !key.startsWith("env:")) return key;
  const name = key.slice("env:".length);
  return environment?.(name);
}
