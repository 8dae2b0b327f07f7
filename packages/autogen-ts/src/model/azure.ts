/** Names of Azure deployments. Chapter 20, section 3 (D10): dots leave a name only where Azure's own naming demands it. */
import type { ConfigEntry } from "./client.js";

/** Whether requests of this entry go to Azure. */
export function isAzure(entry: ConfigEntry): boolean {
  return entry.api_type?.startsWith("azure") === true;
}

/** `gpt-3.5-turbo` is called `gpt-35-turbo` there; other names keep their dots unless `azure_strip_dots` is set. */
export function azureName(name: string, entry: ConfigEntry): string {
  return entry["azure_strip_dots"] === true || name.startsWith("gpt-3.5") ? name.replaceAll(".", "") : name;
}

/** The deployment that the entry names; undefined when the model of each request names it. */
export function azureDeployment(entry: ConfigEntry): string | undefined {
  const name = entry["azure_deployment"];
  if (typeof name !== "string") return undefined;
  return entry["azure_strip_dots"] === true ? name.replaceAll(".", "") : name;
}
