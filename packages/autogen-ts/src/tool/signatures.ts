/** The tools that a model is told about, and how the list changes. Specification chapter 11, section 4. */
import { AutogenError } from "../run/index.js";
import { checkToolName, type ToolEntry, type ToolSignature } from "./define-tool.js";

/** In which key of a request a signature stands: `tools`, or the legacy `functions`. */
export type ToolStyle = "tool" | "function";

/** What goes into the requests of one agent; an empty list is left out. */
export interface SignatureOptions {
  readonly tools?: readonly ToolEntry[];
  readonly functions?: readonly ToolSignature[];
}

/** The signatures of one agent, in order of registration. */
export class ToolSignatures {
  #tools: readonly ToolEntry[] | undefined;
  #functions: readonly ToolSignature[] | undefined;
  #notices: readonly string[] = [];

  /** @throws AutogenError `invalid-option` for a name that stands there twice, which endpoints refuse */
  constructor({ tools, functions }: SignatureOptions) {
    refuseTwice("tool", tools, (entry) => (entry as Partial<ToolEntry> | null)?.function?.name);
    refuseTwice("function", functions, (one) => (one as Partial<ToolSignature> | null)?.name);
    this.#tools = tools;
    this.#functions = functions;
  }

  get options(): SignatureOptions {
    return {
      ...(this.#tools === undefined ? {} : { tools: this.#tools }),
      ...(this.#functions === undefined ? {} : { functions: this.#functions }),
    };
  }

  /** What happened since it was last asked for, for warnings. */
  takeNotices(): readonly string[] {
    const notices = this.#notices;
    this.#notices = [];
    return notices;
  }

  add(style: ToolStyle, signature: ToolSignature): void {
    checkToolName(signature.name);
    if (style === "tool") {
      const others = this.#without(this.#tools ?? [], ({ function: { name } }) => name, signature.name);
      this.#tools = [...others, { type: "function", function: signature }];
    } else {
      const others = this.#without(this.#functions ?? [], ({ name }) => name, signature.name);
      this.#functions = [...others, signature];
    }
  }

  /** @throws AutogenError `invalid-option` when there is no list to remove it from */
  remove(style: ToolStyle, name: string): void {
    const list: readonly unknown[] | undefined = style === "tool" ? this.#tools : this.#functions;
    if (list === undefined) {
      throw new AutogenError("invalid-option", `The ${style} \`${name}\` cannot be removed: the agent has no ${style}s.`);
    }
    if (style === "tool") this.#tools = filled(this.#tools?.filter(({ function: one }) => one.name !== name));
    else this.#functions = filled(this.#functions?.filter((one) => one.name !== name));
  }

  /** A name that is taken is taken over by the newcomer, which goes to the end. */
  #without<T>(list: readonly T[], nameOf: (item: T) => string, name: string): readonly T[] {
    const others = list.filter((item) => nameOf(item) !== name);
    if (others.length < list.length) this.#notices = [...this.#notices, `The tool \`${name}\` is being overridden.`];
    return others;
  }
}

/** Settings come from files: whatever else is wrong with them, the endpoint says. */
function refuseTwice(style: ToolStyle, list: unknown, nameOf: (item: unknown) => string | undefined): void {
  if (!Array.isArray(list)) return;
  const names = list.map(nameOf);
  const twice = names.find((name, at) => name !== undefined && names.indexOf(name) !== at);
  if (twice === undefined) return;
  throw new AutogenError("invalid-option", `The model settings have the ${style} \`${twice}\` twice. Give each its own name.`);
}

const filled = <T>(list: readonly T[] | undefined): readonly T[] | undefined => (list?.length === 0 ? undefined : list);
