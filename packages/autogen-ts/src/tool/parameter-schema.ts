import type { Json } from "../message/index.js";

/** Parameters of a tool as JSON Schema. */
export type ParameterSchema = Readonly<Record<string, Json>>;
