/** Draws graphs, with Graphviz as WebAssembly: optional packages, loaded on first use. */
import { writeFile } from "node:fs/promises";
import { AutogenError } from "../../../run/index.js";
import { MOST_PIXELS, pngOf } from "./png.js";

/** Where a drawing goes, and how it is arranged. */
export interface DrawOptions {
  /** A file to write, ending in `.svg` or `.png`. @default none */
  readonly path?: string;
  /** The arrangement: `dot` in layers, `circo` in circles, `neato` and `fdp` by springs, `twopi` around a middle. @default "dot" */
  readonly layout?: "dot" | "circo" | "neato" | "fdp" | "twopi";
  /** Of a PNG, in pixels, 1 to 8192. @default twice the size of the SVG */
  readonly width?: number;
}

const LAYOUTS: readonly string[] = ["dot", "circo", "neato", "fdp", "twopi"];

/**
 * Draws DOT text, such as `visualizeSpeakerTransitions(table, agents, { format: "dot" })` gives. Needs the package
 * `@viz-js/viz`, and `@resvg/resvg-js` for PNG, whose letters come from the fonts of the system.
 *
 * @returns the SVG
 * @throws AutogenError `missing-package`; `invalid-option` for text that is no DOT, or a path of another kind
 */
export async function drawGraph(dot: string, { path, layout = "dot", width }: DrawOptions = {}): Promise<string> {
  const kind = path === undefined ? null : kindOf(path);
  if (!LAYOUTS.includes(layout)) {
    throw new AutogenError(
      "invalid-option",
      `\`layout\` is ${JSON.stringify(layout)}. Pass ${LAYOUTS.map((one) => `"${one}"`).join(", ")}.`,
    );
  }
  if (width !== undefined && !(Number.isInteger(width) && width >= 1 && width <= MOST_PIXELS)) {
    throw new AutogenError(
      "invalid-option",
      `\`width\` is ${String(width)}. Pass a number of pixels from 1 to ${String(MOST_PIXELS)}.`,
    );
  }
  const { instance } = await loadViz();
  const drawn = (await instance()).render(dot, { format: "svg", engine: layout });
  if (drawn.status === "failure") {
    const why = drawn.errors.map(({ message }) => message).join("; ");
    throw new AutogenError(
      "invalid-option",
      `This text is no graph in DOT: ${why}. Make it by \`visualizeSpeakerTransitions\` with \`format: "dot"\`.`,
    );
  }
  if (path !== undefined)
    await writeFile(path, kind === "png" ? await pngOf(drawn.output, "Drawing a graph as PNG", width) : drawn.output);
  return drawn.output;
}

function kindOf(path: string): "svg" | "png" {
  if (/\.svg$/iu.test(path)) return "svg";
  if (/\.png$/iu.test(path)) return "png";
  throw new AutogenError("invalid-option", `A graph cannot be written to \`${path}\`. Let the path end in \`.svg\` or \`.png\`.`);
}

async function loadViz(): Promise<typeof import("@viz-js/viz")> {
  try {
    return await import("@viz-js/viz");
  } catch (cause) {
    throw missing("@viz-js/viz", "Drawing a graph", cause);
  }
}

const missing = (name: string, purpose: string, cause: unknown): AutogenError =>
  new AutogenError("missing-package", `${purpose} needs the package \`${name}\`. Install it: \`npm install ${name}\`.`, {
    cause,
  });
