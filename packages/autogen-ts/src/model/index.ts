export type { ConfigEntry, CreateContext, ModelClient, ModelParams, UsageRecord } from "./client.js";
