export type { InputOptions, InputStream, IOStream, OutputStream, PrintOptions } from "./stream.js";
export { memoryStream } from "./memory-stream.js";
export type { MemoryStream } from "./memory-stream.js";
export { consolePrinter } from "./printer.js";
export { printedText } from "./printed-text.js";
