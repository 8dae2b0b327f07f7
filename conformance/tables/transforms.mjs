/** Message transforms on their own. */
import { transform } from "../map/transforms.mjs";

/** @type {Record<string, import("./index.mjs").TableFunction>} */
export const transforms = {
  transform_with_log: async ([spec, messages], _kwargs, stage) => {
    const made = transform(spec, stage);
    const after = await made.applyTransform(structuredClone(messages));
    const [log, hadEffect] = await made.getLogs(messages, after);
    return { messages: after, log, had_effect: hadEffect };
  },
};
