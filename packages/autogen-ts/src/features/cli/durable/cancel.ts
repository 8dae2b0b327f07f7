/** `autogen-ts durable cancel`. */
import type { Command } from "../command.js";
import { DIR, runsOf } from "./common.js";

export const cancel: Command = {
  description: "Stops a durable run, whichever process goes on with it.",
  operands: ["RUN"],
  options: [DIR, { name: "reason", value: "TEXT", help: "why, for whoever looks at it later" }],
  run: async (call) => {
    const stopped = await runsOf(call).cancel(call.operands[0] ?? "", call.value("reason"));
    call.errors.write(stopped ? "It is cancelled.\n" : "It had ended, or was cancelled before.\n");
    return stopped ? 0 : 1;
  },
};
