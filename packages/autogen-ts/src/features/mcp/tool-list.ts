/** From a server's list of tools to tools of agents: names, texts, what is left out. */
import { createHash } from "node:crypto";
import type { Tool as ServerTool } from "@modelcontextprotocol/client";
import type { Json, ParameterSchema } from "../../core.js";
import { cleanText, instructionIn } from "./clean-text.js";
import type { McpSettings, ResolvedLimits } from "./options.js";
import { pinOf, type McpPins } from "./pins.js";
import type { McpToolInfo } from "./tool-info.js";

/** A tool that is offered to agents. */
export interface ListedTool {
  readonly info: McpToolInfo;
  readonly parameters: ParameterSchema;
}

/** What a list of a server came to. */
export interface ToolList {
  readonly tools: readonly ListedTool[];
  readonly warnings: readonly { readonly code: string; readonly text: string }[];
}

/** How a list is read. */
export interface ListOptions extends Pick<McpSettings, "filter" | "describe"> {
  readonly server: string;
  readonly limits: ResolvedLimits;
  /** Told of the hashes of all tools, also of those that are not offered, before anything else is looked at. */
  readonly onPins: (pins: McpPins) => void;
}

/** Never throws because of what a server says; whatever `onPins` throws. */
export function readToolList(given: readonly ServerTool[], options: ListOptions): ToolList {
  const { server, limits, onPins, filter = () => true, describe = ({ description }) => description } = options;
  const warnings: { code: string; text: string }[] = [];
  const warn = (code: string, text: string): void => void warnings.push({ code, text });
  const listed = withoutTwins(given, (name) =>
    warn("tool-left-out", `\`${server}\` lists a tool ${shown(name)} twice; the first one is offered.`),
  );
  const pins = Object.fromEntries(listed.map((tool) => [tool.name, pinOf(tool)]));
  onPins(pins);
  const names = new Set<string>();
  const tools: ListedTool[] = [];
  for (const tool of listed) {
    const read = readTool(tool, { server, limits, pin: pins[tool.name] ?? "", names, warn });
    if (read === null || !filter(read.info)) continue;
    if (tools.length === limits.tools) {
      warn(
        "tool-left-out",
        `\`${server}\` has more than ${String(limits.tools)} tools; the others are left out. Choose with \`filter\`.`,
      );
      break;
    }
    names.add(read.info.name);
    tools.push({ ...read, info: { ...read.info, description: describe(read.info) } });
  }
  return { tools, warnings };
}

function withoutTwins(given: readonly ServerTool[], onTwin: (name: string) => void): readonly ServerTool[] {
  const seen = new Set<string>();
  return given.filter(({ name }) => {
    if (seen.has(name)) onTwin(name);
    return !seen.has(name) && seen.add(name).size > 0;
  });
}

interface ReadContext {
  readonly server: string;
  readonly limits: ResolvedLimits;
  readonly pin: string;
  readonly names: ReadonlySet<string>;
  readonly warn: (code: string, text: string) => void;
}

function readTool(tool: ServerTool, { server, limits, pin, names, warn }: ReadContext): ListedTool | null {
  const name = offeredName(server, tool.name, names);
  const what = `The tool ${shown(tool.name)} of the MCP server \`${server}\``;
  const description = cleanText(tool.description ?? "", limits.descriptionCharacters);
  const title = tool.title === undefined ? null : cleanText(tool.title, 200).text;
  const schema = cleanSchema(tool.inputSchema, limits.descriptionCharacters);
  if (JSON.stringify(schema.value).length > limits.schemaCharacters) {
    warn("tool-left-out", `${what} has a schema of more than ${String(limits.schemaCharacters)} characters, and is left out.`);
    return null;
  }
  const hidden = description.hidden + schema.hidden;
  if (hidden > 0) warn("hidden-text", `${what} has ${String(hidden)} invisible characters in its texts; they were removed.`);
  if (description.cut)
    warn(
      "long-text",
      `${what} has a long description; the model gets its first ${String(limits.descriptionCharacters)} characters.`,
    );
  const order = [description.text, ...schema.texts].map(instructionIn).find((found) => found !== null);
  if (order != null) {
    warn(
      "instruction",
      `${what} seems to give orders to the model: "${order}". Leave it out with \`filter\`, or give it a description of your own with \`describe\`, unless you trust the server.`,
    );
  }
  return {
    info: {
      server,
      name,
      originalName: tool.name,
      title,
      // Models choose tools by it, so there has to be one.
      description: description.text === "" ? (title ?? tool.name) : description.text,
      annotations: { ...tool.annotations },
      pin,
    },
    parameters: schema.value,
  };
}

const shown = (name: string): string => `\`${cleanText(name, 80).text}\``;

/** At most what endpoints accept: 64 letters, digits, `_` and `-`. What does not fit, or is taken, gets a hash at its end. */
function offeredName(server: string, tool: string, taken: ReadonlySet<string>): string {
  const plain = `${server}__${tool.replaceAll(/[^a-zA-Z0-9_-]/gu, "_")}`;
  if (plain.length <= 64 && plain !== `${server}__` && !taken.has(plain)) return plain;
  return `${plain.slice(0, 55)}_${createHash("sha256").update(tool).digest("hex").slice(0, 8)}`;
}

interface CleanSchema {
  readonly value: ParameterSchema;
  readonly hidden: number;
  /** What it says to the model. */
  readonly texts: readonly string[];
}

/** Below these keys stands data, which has to go to the server as it is. */
const DATA: ReadonlySet<string> = new Set(["default", "const", "enum", "examples"]);
/** Below these, the keys are names of the server's own. */
const NAMED: ReadonlySet<string> = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]);

/** The schema with clean titles and descriptions; all else stays (chapter 43: not rebuilt). */
function cleanSchema(schema: unknown, maxCharacters: number): CleanSchema {
  let hidden = 0;
  const texts: string[] = [];
  const visit = (value: unknown, keysAreNames: boolean): unknown => {
    if (Array.isArray(value)) return value.map((item) => visit(item, false));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]: [string, unknown]) => {
        if (keysAreNames) return [key, visit(item, false)];
        if (DATA.has(key)) return [key, item];
        if (typeof item !== "string" || (key !== "description" && key !== "title")) return [key, visit(item, NAMED.has(key))];
        const clean = cleanText(item, maxCharacters);
        hidden += clean.hidden;
        texts.push(clean.text);
        return [key, clean.text];
      }),
    );
  };
  const value = visit(schema, false);
  // The official client has checked that it is an object; it came as JSON.
  return { value: value as { readonly [key: string]: Json }, hidden, texts };
}
