/** Where a Jupyter server is. Specification chapter 24, section 9. */
import { AutogenError } from "../../../../run/index.js";

/** How to reach a server. */
export interface JupyterConnectionInfo {
  readonly host: string;
  /** @default false */
  readonly useHttps?: boolean;
  /** @default the protocol's own */
  readonly port?: number;
  /** Secret; sent in a header only. */
  readonly token?: string;
  /** Where the server's addresses begin, for example `/user/me`. @default "" */
  readonly path?: string;
}

/** A server that somebody looks after. */
export interface JupyterServer {
  /** Whether code in its kernels is kept from this machine. */
  readonly isolated: boolean;
  /** Starts the server if it does not run yet. */
  connectionInfo(signal?: AbortSignal): Promise<JupyterConnectionInfo>;
}

/** @throws AutogenError `invalid-option` for a host that is none */
export function httpAddress({ host, useHttps = false, port, path = "" }: JupyterConnectionInfo): string {
  const scheme = useHttps ? "https" : "http";
  const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  const address = `${scheme}://${name}${port === undefined ? "" : `:${port}`}`;
  if (!URL.canParse(address) || /[/?#@]/.test(host)) {
    throw new AutogenError(
      "invalid-option",
      `\`${host}\` is no host. Pass its name alone; \`port\`, \`useHttps\` and \`path\` are options.`,
    );
  }
  return `${address}${path.replace(/\/+$/, "")}`;
}
