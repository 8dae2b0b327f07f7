export type { InputOptions, InputStream, IOStream, OutputStream, PrintOptions } from "./stream.js";
