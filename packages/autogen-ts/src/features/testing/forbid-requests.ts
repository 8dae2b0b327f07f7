/** A switch against requests to real models. */
import { AutogenError, type Effect, type EffectLayer, type EffectScope, type ModelRequest, type Perform } from "../../core.js";
import { SCRIPTED_ENDPOINT } from "./scripted-model.js";

/** Which requests are let through all the same. */
export interface ForbidOptions {
  /** Beside those to scripted models: for example, servers of a test. @default none */
  readonly allow?: (request: ModelRequest) => boolean;
}

/** Set to anything but `""` and `0`, it forbids what `record` and `replay` would otherwise perform live. */
const FORBID_VARIABLE = "AUTOGEN_FORBID_REQUESTS";

/**
 * A layer that refuses every request to a model that no layer further out has answered; scripted models pass. It must
 * be the last of `layers`, which is the innermost: in front of `replay` it would refuse what the recording answers.
 * Answers from a response cache are found behind it, hence refused too.
 *
 * @throws AutogenError `request-forbidden` from the request
 */
export function forbidRequests({ allow = () => false }: ForbidOptions = {}): EffectLayer {
  return (next) => async (effect, execute) => {
    if (isModel(effect) && effect.input.endpoint !== SCRIPTED_ENDPOINT && !allow(effect.input)) throw forbidden(effect);
    return await next(effect, execute);
  };
}

/** The same, when the environment variable says so. */
export function forbiddenByEnvironment(next: Perform, scope: EffectScope): Perform {
  const value = process.env[FORBID_VARIABLE] ?? "";
  return value === "" || value === "0" ? next : forbidRequests()(next, scope);
}

const isModel = (effect: Effect): effect is Effect<"model"> => effect.kind === "model";

function forbidden({ key, input: { endpoint, body } }: Effect<"model">): AutogenError {
  const { model } = body;
  const what = typeof model === "string" ? ` for the model \`${model}\`` : "";
  const where = endpoint === "" ? "" : ` at ${endpoint}`;
  return new AutogenError(
    "request-forbidden",
    `The request \`${key}\`${what}${where} would be a real one, and these are forbidden here. Answer it by \`scriptedModel\` or by a recording, or take \`forbidRequests\` (or ${FORBID_VARIABLE}) away.`,
    { details: { key, endpoint, model: typeof model === "string" ? model : null } },
  );
}
