/** A process of `durable-kill.bench.mjs`: goes on with runs until it is killed. The first argument is what it does, as a file. */
import { pathToFileURL } from "node:url";
import * as library from "autogen-ts";
import * as durable from "autogen-ts/durable";

const [file, ...args] = process.argv.slice(2);
const { work } = await import(pathToFileURL(file).href);
await work(library, durable, args);
