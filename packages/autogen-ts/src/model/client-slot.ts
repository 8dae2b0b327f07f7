/** Who answers for one entry: a client of ours, one of the user's, or a placeholder until it is registered. */
import { AutogenError, type ModelRequest } from "../run/index.js";
import {
  PROVIDERS,
  type ModelClient,
  type ModelClientClass,
  type ModelClientFactory,
  type ModelHost,
  type ModelParams,
  type Provider,
} from "./client.js";
import { isPrivateEndpoint, publicEndpoint } from "./endpoint.js";
import { shownEndpoint } from "./entry-endpoint.js";
import type { ResolvedEntry } from "./merge.js";
import { OpenAIClient } from "./openai-client.js";
import { EntryPace } from "./pace.js";
import { isSecret, withoutSecrets } from "./secret-names.js";
import { secretsOf } from "./secrets.js";
import { waitLimitMs } from "./waiting.js";
import { apiOf, wireBody } from "./wire-body.js";

export class ClientSlot {
  readonly entry: ResolvedEntry;
  /** What its requests wait for. */
  readonly pace: EntryPace;
  /** Name of the class that has to be registered first; null when there is none. */
  readonly className: string | null;
  readonly #provider: Provider | undefined;
  readonly #custom: unknown;
  #client: ModelClient | undefined;
  #making: Promise<ModelClient> | undefined;
  #class: unknown;
  /** Names of parameters that have been looked at. */
  readonly #harmless = new Set<string>();
  #shown: { readonly endpoint: string; readonly text: string } | undefined;

  constructor(entry: ResolvedEntry) {
    const { model_client_cls: custom } = entry.request;
    this.entry = entry;
    this.pace = new EntryPace(entry);
    waitLimitMs(entry.extra["max_rate_limit_wait"]);
    this.className = typeof custom === "string" ? custom : null;
    this.#custom = custom ?? undefined;
    this.#provider = PROVIDERS.find((prefix) => entry.client.api_type?.startsWith(prefix) === true);
  }

  /** Whether this still waits for its class. */
  get waiting(): boolean {
    return this.className !== null && this.#client === undefined;
  }

  /** Whether its client is the user's own. */
  get custom(): boolean {
    return this.#custom !== undefined;
  }

  /** Values that must not be shown. */
  secrets(host: ModelHost): readonly string[] {
    return secretsOf(this.entry.client, host.environment?.bind(host));
  }

  /** Fills the placeholder. */
  register(type: unknown, make: ModelClientFactory): void {
    this.#class = type;
    this.#client = make(this.entry.original);
  }

  holds(type: unknown): boolean {
    return type !== undefined && (this.#class === type || this.#custom === type);
  }

  /** What goes to the endpoint, described for events, caches and recordings. */
  request(params: ModelParams, host: ModelHost): ModelRequest {
    const { index, client } = this.entry;
    const custom = this.custom || this.#provider !== undefined;
    const endpoint = custom ? (client.base_url ?? "") : shownEndpoint(client, host.environment?.bind(host));
    const body = custom ? params : wireBody(params, client);
    // Requests are JSON by nature; what is not is refused where it is sent. Secrets in them are sent, and told to nobody.
    return {
      api: custom ? "custom" : apiOf(params),
      endpoint: this.#show(endpoint),
      config: index,
      body: this.#described(body) as ModelRequest["body"],
    };
  }

  /** Whether a missing price is worth a warning: a model on one's own machine has none. */
  expectsPrice({ endpoint }: ModelRequest): boolean {
    return !this.custom && !isPrivateEndpoint(endpoint);
  }

  /** The same object when there is nothing to hide. */
  #described(body: ModelParams): ModelParams {
    for (const key of Object.keys(body)) {
      if (this.#harmless.has(key)) continue;
      if (isSecret(key)) return withoutSecrets(body);
      this.#harmless.add(key);
    }
    return body;
  }

  /** Parsing an address costs as much as the rest of a call, and it is nearly always the same. */
  #show(endpoint: string): string {
    if (this.#shown?.endpoint !== endpoint) this.#shown = { endpoint, text: publicEndpoint(endpoint) };
    return this.#shown.text;
  }

  /** The client if it has been made. */
  get current(): ModelClient | undefined {
    return this.#client;
  }

  /** The client, made on first use. @throws AutogenError `unsupported` for a provider that this platform does not have */
  async client(host: ModelHost): Promise<ModelClient> {
    if (this.#client !== undefined) return this.#client;
    if (this.#provider === undefined || this.custom) return (this.#client = this.#make(host));
    this.#client = await (this.#making ??= this.#makeProvider(this.#provider, host));
    return this.#client;
  }

  #make(host: ModelHost): ModelClient {
    const { index, client, original } = this.entry;
    if (typeof this.#custom === "function") return makeCustom(this.#custom, original);
    if (this.#custom !== undefined) {
      throw new AutogenError(
        "invalid-config",
        `\`model_client_cls\` of entry ${String(index)} is not understood. Pass a class, a function that makes a client, or the name of a class.`,
      );
    }
    return new OpenAIClient(client, { index, host });
  }

  async #makeProvider(provider: Provider, host: ModelHost): Promise<ModelClient> {
    const factory = await host.modelClient?.(provider);
    if (factory === undefined || factory === null) {
      const message = `Entry ${String(this.entry.index)} has the \`api_type\` \`${provider}\`, for which there is no client here. Pass one as \`model_client_cls\`, or use its OpenAI-compatible endpoint with \`base_url\`.`;
      throw new AutogenError("unsupported", message);
    }
    return factory(this.entry.client);
  }
}

/** A class has `create` on its prototype; other functions are called. */
function makeCustom(custom: unknown, entry: ResolvedEntry["original"]): ModelClient {
  const { prototype } = custom as { readonly prototype?: { readonly create?: unknown } };
  if (typeof prototype?.create === "function") return new (custom as ModelClientClass)(entry);
  return (custom as ModelClientFactory)(entry);
}
