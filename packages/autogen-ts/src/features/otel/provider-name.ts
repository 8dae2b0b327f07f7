/** Whose model is asked, by the address of its endpoint. */
import type { ModelRequest } from "../../core.js";

/** Values of `gen_ai.provider.name` that the conventions know, and the ends of host names that tell them. */
const PROVIDERS: readonly (readonly [end: string, name: string])[] = [
  ["openai.azure.com", "azure.ai.openai"],
  ["services.ai.azure.com", "azure.ai.inference"],
  ["models.ai.azure.com", "azure.ai.inference"],
  ["anthropic.com", "anthropic"],
  ["generativelanguage.googleapis.com", "gcp.gemini"],
  ["aiplatform.googleapis.com", "gcp.vertex_ai"],
  ["amazonaws.com", "aws.bedrock"],
  ["cohere.com", "cohere"],
  ["deepseek.com", "deepseek"],
  ["groq.com", "groq"],
  ["mistral.ai", "mistral_ai"],
  ["moonshot.ai", "moonshot_ai"],
  ["perplexity.ai", "perplexity"],
  ["x.ai", "x_ai"],
];

/** Where a request goes. */
export interface Server {
  readonly provider: string;
  readonly address: string | null;
  readonly port: number | null;
}

/** An endpoint that is not known speaks the protocol of OpenAI; a client of the user's own may speak any. */
export function serverOf({ api, endpoint }: ModelRequest): Server {
  const fallback = api === "custom" ? "custom" : "openai";
  if (!URL.canParse(endpoint)) return { provider: fallback, address: null, port: null };
  const { hostname, port, protocol } = new URL(endpoint);
  const known = PROVIDERS.find(([end]) => hostname === end || hostname.endsWith(`.${end}`));
  return {
    provider: known?.[1] ?? fallback,
    // Clients without a network have names of their own as endpoints.
    address: hostname === "" ? null : hostname,
    port: hostname === "" ? null : port === "" ? (protocol === "http:" ? 80 : 443) : Number(port),
  };
}
