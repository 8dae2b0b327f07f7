/** Message transforms. */
import { camelKeys } from "./names.mjs";
import { exported } from "./not-available.mjs";
import { valueOf } from "./values.mjs";

/** @typedef {import("./stage.mjs").Stage} Stage */

/** One transform from its `type` and arguments. @param {any} spec @param {Stage} stage */
export function transform({ type, ...args }, stage) {
  const Transform = exported(type, "message transforms");
  return new Transform(camelKeys(valueOf(args, stage)));
}

/** The capability with several of them. @param {any} spec a list, or an object with `transforms` and `verbose` @param {Stage} stage */
export function transformMessages(spec, stage) {
  const { transforms, verbose } = Array.isArray(spec) ? { transforms: spec, verbose: undefined } : spec;
  const Capability = exported("TransformMessages", "message transforms");
  return new Capability({
    transforms: transforms.map((one) => transform(one, stage)),
    ...(verbose === undefined ? {} : { verbose }),
  });
}
