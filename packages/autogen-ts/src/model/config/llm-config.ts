/** Checking the model settings of an agent. Chapter 20, section 2. */
import { AutogenError } from "../../run/index.js";
import { resolveEntries, type ResolvedEntry, type WrapperConfig } from "../merge.js";

/**
 * Whether an agent can use these settings: every entry must end up with a model, its own or the common one.
 * Entries of Azure may name a deployment, and those of own clients need none.
 *
 * @throws AutogenError `invalid-config` naming the entry
 */
export function checkLlmConfig(config: WrapperConfig): void {
  requireModels(resolveEntries(config), config);
}

/** The same for entries that are resolved already. @throws AutogenError `invalid-config` naming the entry */
export function requireModels(entries: readonly ResolvedEntry[], config: WrapperConfig): void {
  for (const { index, client, request } of entries) {
    if (client.model !== undefined && client.model !== "") continue;
    if (client["azure_deployment"] !== undefined || request["model_client_cls"] !== undefined) continue;
    const place =
      (config.config_list ?? config.configList ?? null) === null ? "`llmConfig`" : `Entry ${String(index)} of \`config_list\``;
    throw new AutogenError(
      "invalid-config",
      `${place} names no model. Add a non-empty \`model\`, or pass \`false\` for an agent without a model.`,
    );
  }
}
