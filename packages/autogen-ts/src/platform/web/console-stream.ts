/** The developer console as a stream. */
import { AutogenError } from "../../run/index.js";
import { printedText, type IOStream } from "../../io/index.js";

/** Prints to the developer console; has nobody to ask. */
export function consoleStream(): IOStream {
  return {
    supportsColor: false,
    print(objects, options) {
      console.log(printedText(objects, { ...options, end: "" }));
    },
    note(text) {
      console.info(text);
    },
    warn(text) {
      console.warn(text);
    },
    input(prompt = "") {
      return Promise.reject(
        new AutogenError(
          "input-closed",
          `Nobody can be asked \`${prompt}\` here. Pass a \`stream\` whose \`input\` asks your user.`,
        ),
      );
    },
  };
}
