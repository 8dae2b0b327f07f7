/** What answers of one entry cost. Looked up once for each model: in the catalogue that takes longer than all else here. */
import type { ModelResponse } from "../run/index.js";
import type { ConfigEntry, ModelHost } from "./client.js";
import type { ListedPrice, Price } from "./price-table.js";
import { computeCost, priceOf } from "./prices.js";

interface Known {
  /** The user's own price at that time; it may be registered later. */
  readonly listed: ListedPrice | undefined;
  readonly price: Price | null;
}

export class EntryPrices {
  readonly #entry: ConfigEntry;
  readonly #endpoint: string;
  readonly #host: Pick<ModelHost, "listedPrice">;
  readonly #known = new Map<string, Known>();

  constructor(entry: ConfigEntry, endpoint: string, host: Pick<ModelHost, "listedPrice">) {
    this.#entry = entry;
    this.#endpoint = endpoint;
    this.#host = host;
  }

  /** US dollars; null when the model has no known price. */
  async costOf({ model, usage }: ModelResponse): Promise<number | null> {
    const listed = this.#host.listedPrice?.(model);
    let known = this.#known.get(model);
    if (known === undefined || known.listed !== listed) {
      known = { listed, price: await this.#price(model, listed) };
      this.#known.set(model, known);
    }
    return computeCost(usage, known.price);
  }

  async #price(model: string, listed: ListedPrice | undefined): Promise<Price | null> {
    const { price, prices = {}, cost_model: costModel } = this.#entry;
    // Checked when the entry was read.
    const own = prices as Readonly<Record<string, ListedPrice>>;
    const ours = Object.hasOwn(own, model) ? own[model] : listed;
    const found = await priceOf(model, {
      price,
      endpoint: this.#endpoint,
      ...(ours === undefined ? {} : { prices: { [model]: ours } }),
    });
    return found === null || costModel !== "simple" ? found : { prompt: found.prompt, completion: found.completion };
  }
}
