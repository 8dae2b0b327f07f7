/** Pictures as PNG, by the optional package `@resvg/resvg-js`. Letters come from the fonts of the system. */
import { AutogenError } from "../../../run/index.js";

/** The greatest width. */
export const MOST_PIXELS = 8_192;

/**
 * @param purpose what needs it, for the error: `Drawing a graph as PNG`
 * @param width in pixels. @default twice that of the SVG
 * @throws AutogenError `missing-package`
 */
export async function pngOf(svg: string, purpose: string, width?: number): Promise<Uint8Array> {
  const { Resvg } = await loadResvg(purpose);
  const { width: natural } = new Resvg(svg);
  const fitTo = { mode: "width", value: width ?? Math.min(MOST_PIXELS, Math.ceil(2 * natural)) } as const;
  return new Resvg(svg, { fitTo, background: "white", font: { defaultFontFamily: "sans-serif" } }).render().asPng();
}

async function loadResvg(purpose: string): Promise<typeof import("@resvg/resvg-js")> {
  try {
    return await import("@resvg/resvg-js");
  } catch (cause) {
    const message = `${purpose} needs the package \`@resvg/resvg-js\`. Install it: \`npm install @resvg/resvg-js\`.`;
    throw new AutogenError("missing-package", message, { cause });
  }
}
