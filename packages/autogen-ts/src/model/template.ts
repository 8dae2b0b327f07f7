/**
 * Filling in templates. Behaviour: specification chapter 20, section 5. Fields follow Python's `str.format` as
 * far as prompts use it: `{name}`, `{name[key]}`, `{name.key}`, then width, alignment and decimals after a colon.
 */
import type { Content, ContentPart, TemplateValues } from "../message/index.js";
import { AutogenError } from "../run/index.js";

/** A text, a text with fields, a function of the context, or parts of which the text parts are templates. */
export type Template = Content | null | undefined;

/**
 * Fills in `template`. Without values everything stays as it is; texts are templates only when `allowFormat` is set.
 * Parts that are not text stay as they are.
 *
 * @throws AutogenError `invalid-message` when a field has no value or is not understood
 */
export function instantiate<T extends Template>(
  template: T,
  context: TemplateValues | null | undefined,
  allowFormat = false,
): Exclude<Template, (context: TemplateValues) => string> | T {
  if (context === null || context === undefined || Object.keys(context).length === 0) return template;
  if (typeof template === "function") return written(template(context));
  if (!allowFormat || template === null || template === undefined) return template;
  if (typeof template === "string") return format(template, context);
  return template.map((part) => formatPart(part, context));
}

/** Functions are written by users: the type is a promise, not a fact. */
function written(content: unknown): string | readonly ContentPart[] {
  // Parts are allowed as everywhere.
  if (typeof content === "string" || Array.isArray(content)) return content as string | readonly ContentPart[];
  const kind = content === null ? "null" : `a value of type ${typeof content}`;
  throw new AutogenError("invalid-message", `A content function gave ${kind}. Let it give a text.`);
}

function formatPart(part: ContentPart, context: TemplateValues): ContentPart {
  const { text } = part as { readonly text?: unknown };
  return part.type === "text" && typeof text === "string" ? { ...part, type: "text", text: format(text, context) } : part;
}

const FIELD = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;

function format(template: string, context: TemplateValues): string {
  return template.replace(FIELD, (token: string, field: string | undefined) => {
    if (token === "{{") return "{";
    if (token === "}}") return "}";
    if (field === undefined) throw problem("has a single brace", "Write `{{` or `}}` for a brace that is meant as such.");
    const colon = field.indexOf(":");
    const path = colon < 0 ? field : field.slice(0, colon);
    const value = lookUp(path, context);
    return colon < 0 ? valueText(value) : applyFormat(value, field.slice(colon + 1));
  });
}

function lookUp(path: string, context: TemplateValues): unknown {
  const [name = "", ...keys] = path.split(/\]?[.[]|\]/).filter((piece, at) => at === 0 || piece !== "");
  if (!Object.hasOwn(context, name)) {
    const known = Object.keys(context).map((key) => `\`${key}\``);
    throw problem(
      `has a field \`{${path}}\` without a value`,
      `The context has ${known.join(", ")}. Write \`{{\` for a brace that is meant as such.`,
    );
  }
  return keys.reduce<unknown>((value, key) => {
    if (typeof value === "object" && value !== null && Object.hasOwn(value, key)) return (value as Record<string, unknown>)[key];
    throw problem(`has a field \`{${path}}\` without a value`, `\`${key}\` is not there.`);
  }, context[name]);
}

/** JavaScript's own text form of simple values, JSON for the rest. */
function valueText(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

const SPEC = /^(?:(.)?([<>^]))?(0)?(\d+)?(?:\.(\d+))?([sdf%]?)$/su;

function applyFormat(value: unknown, spec: string): string {
  const found = SPEC.exec(spec);
  if (found === null)
    throw problem(`has the format \`:${spec}\``, "Width, alignment, decimals and `s`, `d`, `f`, `%` are understood.");
  const [, fill, align, zero, width = "0", decimals, kind = ""] = found;
  const text = formatValue(value, kind, decimals === undefined ? undefined : Number(decimals));
  const missing = Math.max(0, Number(width) - Array.from(text).length);
  const side = align ?? (typeof value === "number" ? ">" : "<");
  const left = side === "<" ? 0 : side === ">" ? missing : Math.floor(missing / 2);
  const padding = fill ?? (zero === undefined ? " " : "0");
  return padding.repeat(left) + text + padding.repeat(missing - left);
}

function formatValue(value: unknown, kind: string, decimals: number | undefined): string {
  if (kind === "f") return Number(value).toFixed(decimals ?? 6);
  if (kind === "%") return `${(Number(value) * 100).toFixed(decimals ?? 6)}%`;
  const text = valueText(value);
  return decimals === undefined || typeof value === "number" ? text : text.slice(0, decimals);
}

function problem(what: string, fix: string): AutogenError {
  return new AutogenError("invalid-message", `A template ${what}. ${fix}`);
}
