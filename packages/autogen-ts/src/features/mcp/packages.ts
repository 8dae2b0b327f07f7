/** The optional packages of the protocol, loaded on first use. */
import { AutogenError } from "../../core.js";

/** What of the official client is used. */
export interface ClientPackage {
  readonly main: typeof import("@modelcontextprotocol/client");
  readonly validators: typeof import("@modelcontextprotocol/client/validators/cf-worker");
}

/** @throws AutogenError `missing-package` */
export async function loadClient(): Promise<ClientPackage> {
  try {
    const [main, validators] = await Promise.all([
      import("@modelcontextprotocol/client"),
      import("@modelcontextprotocol/client/validators/cf-worker"),
    ]);
    return { main, validators };
  } catch (cause) {
    throw missing("An MCP client", "@modelcontextprotocol/client", cause);
  }
}

/** What of the official server is used. */
export interface ServerPackage {
  readonly main: typeof import("@modelcontextprotocol/server");
  readonly stdio: typeof import("@modelcontextprotocol/server/stdio");
}

/** @throws AutogenError `missing-package` */
export async function loadServer(): Promise<ServerPackage> {
  try {
    const [main, stdio] = await Promise.all([
      import("@modelcontextprotocol/server"),
      import("@modelcontextprotocol/server/stdio"),
    ]);
    return { main, stdio };
  } catch (cause) {
    throw missing("An MCP server", "@modelcontextprotocol/server", cause);
  }
}

function missing(what: string, name: string, cause: unknown): AutogenError {
  return new AutogenError("missing-package", `${what} needs the package \`${name}\`. Install it: \`npm install ${name}\`.`, {
    cause,
  });
}
