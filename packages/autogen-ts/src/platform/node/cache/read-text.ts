/** Reading a small file in two trips to the system: `readFile` makes four, which is most of what a hit costs. */
import { close, open, read } from "node:fs";
import { promisify } from "node:util";

const openFile = promisify(open);

/** Most entries fit. */
const FIRST_BYTES = 16_384;

/** The text of a whole file. */
export async function readText(path: string): Promise<string> {
  const file = await openFile(path, "r");
  try {
    let buffer = Buffer.allocUnsafe(FIRST_BYTES);
    let length = 0;
    for (;;) {
      length += await readInto(file, buffer, length);
      // Files end where a read gives less than was asked for.
      if (length < buffer.length) return buffer.toString("utf8", 0, length);
      buffer = Buffer.concat([buffer], buffer.length * 4);
    }
  } finally {
    close(file, () => undefined); // nothing was written, so nothing can go wrong that anybody would have to wait for
  }
}

function readInto(file: number, buffer: Buffer, start: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(file, buffer, start, buffer.length - start, null, (error, bytes) => {
      if (error === null) resolve(bytes);
      else reject(error);
    });
  });
}
