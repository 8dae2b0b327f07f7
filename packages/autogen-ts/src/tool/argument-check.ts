/** Whether arguments fit the parameters of a tool; what finds out is loaded with the first call of one. */
import type { ArgumentCheck } from "./checked-arguments.js";
import type { Tool } from "./define-tool.js";

/** The check for this tool. */
export function argumentCheck(tool: Pick<Tool, "name" | "parameters" | "schema">): ArgumentCheck {
  let check: ArgumentCheck | undefined;
  return async (args) => {
    if (check === undefined) {
      const { makeCheck } = await import("./check-arguments.js");
      check ??= makeCheck(tool);
    }
    return await check(args);
  };
}
