/** A connection to an MCP server: its tools for agents, its resources and prompts for programs. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Client, RequestOptions } from "@modelcontextprotocol/client";
import { AutogenError, type ContentPart, type Json, type Run } from "../../core.js";
import { IOStream } from "../../platform/node/index.js";
import { readPrompt, readPrompts, readResources, readTemplates, type McpPrompt, type McpPromptInfo } from "./catalogue.js";
import type { McpResource, McpTemplate, Reader } from "./catalogue.js";
import { cleanText } from "./clean-text.js";
import { Link } from "./link.js";
import { resolveOptions, type McpOptions, type McpRoot, type McpWarning, type ResolvedSettings } from "./options.js";
import type { McpPins } from "./pins.js";
import { capped, partsOf, resultOf, textOfResource, type McpResult } from "./result.js";
import { answerSampling, type CallUnderWay } from "./sampling.js";
import type { McpToolInfo } from "./tool-info.js";
import { ToolSet, type McpArguments, type McpCallContext, type McpRegistration, type McpTool } from "./tool-set.js";

/** Options of a single request. */
export interface McpRequestOptions {
  /** Cancels the request at the server, too. */
  readonly signal?: AbortSignal;
  /** Makes the request an effect of this run: it is recorded, replayed and seen by layers. */
  readonly run?: Run;
}

/**
 * Connects to a server and reads its list of tools. That is no effect of a run: it happens before one, and the tools
 * that it gives are part of the program. Calls of the tools are effects of the runs that make them.
 *
 * @throws AutogenError `mcp-failed` when the server cannot be started or reached, `invalid-option`, `missing-package`,
 *   `invalid-config` for a broken lock file, `aborted`
 */
export async function connectMcp(options: McpOptions): Promise<McpConnection> {
  const connection = new McpConnection(options);
  await connection.open();
  return connection;
}

/** Lists that a server changes without end are not followed for ever. */
const MOST_REFRESHES = 100;
const LOG_CHARACTERS = 2000;

/** A live connection; made by `connectMcp`. */
export class McpConnection implements AsyncDisposable {
  readonly #options: McpOptions;
  readonly #settings: ResolvedSettings;
  readonly #link: Link;
  readonly #set: ToolSet;
  readonly #calls = new Set<CallUnderWay>();
  readonly #warned = new Set<string>();
  #roots: readonly McpRoot[];
  #refreshes = 0;
  /** Log messages since a call began. */
  #logs = 0;
  /** A change is being read; another one that comes meanwhile is read after it. */
  #reading = false;
  #stale = false;

  /** @throws AutogenError `invalid-option` */
  constructor(options: McpOptions) {
    this.#options = options;
    this.#settings = resolveOptions(options);
    this.#roots = (options.roots ?? []).map(rootOf);
    const { name } = this.#settings;
    const warn = (code: string, text: string): void => this.#warn(code, text);
    this.#set = new ToolSet(options, this.#settings, {
      warn,
      call: (info, args, context) => this.#callForAgent(info, args, context),
    });
    this.#link = new Link(this.#settings, {
      capabilities: {
        ...(options.roots === undefined ? {} : { roots: { listChanged: true } }),
        ...(options.sampling === undefined ? {} : { sampling: {} }),
      },
      onToolsChanged: () => void this.#readAgain(),
      prepare: (client) => this.#prepare(client),
      welcome: async (client, request) => this.#readTools(client, request),
      onProblem: (text) => warn("invalid-message", `The MCP server \`${name}\`: ${cleanText(text, 300).text}`),
      onRestart: (why) => warn("restarted", `The MCP server \`${name}\` is started again: ${why}`),
    });
  }

  /** Called by `connectMcp`, once. */
  async open(): Promise<void> {
    await this.#link.open(this.#options.signal);
  }

  /** Your name for the server. */
  get name(): string {
    return this.#settings.name;
  }

  /** The tools that are offered now, in the server's order. A later list is another array. */
  get tools(): readonly McpTool[] {
    return this.#set.tools;
  }

  /** Hashes of all tools as the server describes them now: what `pins` takes. */
  get pins(): McpPins {
    return this.#set.pins;
  }

  /** What the server says how it is to be used: untrusted, cleaned and cut. It is given to no model by itself. */
  get instructions(): string {
    return cleanText(this.#link.client?.getInstructions() ?? "", this.#settings.limits.descriptionCharacters).text;
  }

  /** Takes the tools as they are now for the ones that were looked at; a lock file is written anew. */
  pin(): McpPins {
    return this.#set.pin();
  }

  /**
   * Registers all tools, and keeps both agents up to date when the server changes its list.
   *
   * @returns ends the keeping up to date; what is registered stays
   */
  registerTools(registration: McpRegistration): () => void {
    return this.#set.register(registration);
  }

  /** Reads the list of tools again. @throws AutogenError `mcp-failed`, `aborted` */
  async refresh({ signal }: Pick<McpRequestOptions, "signal"> = {}): Promise<void> {
    await this.#request("the list of its tools", signal, (client, request) => this.#readTools(client, request));
  }

  /**
   * Calls a tool by the server's own name for it.
   *
   * @returns the answer; `ok: false` for a failure that the server reports
   * @throws AutogenError `mcp-failed`, `aborted`
   */
  async callTool(tool: string, args: McpArguments = {}, options: McpRequestOptions = {}): Promise<McpResult> {
    return await this.#effect("tools/call", { name: tool, arguments: args }, options, (signal) =>
      this.#call(tool, args, { ...options, ...(signal === undefined ? {} : { signal }) }),
    );
  }

  /** All resources, page by page to the end. @throws AutogenError `mcp-failed`, `aborted` */
  async listResources(options: McpRequestOptions = {}): Promise<readonly McpResource[]> {
    return await this.#read("resources/list", {}, options, readResources(this.#settings.limits));
  }

  /** Patterns of addresses that can be read. @throws AutogenError `mcp-failed`, `aborted` */
  async listResourceTemplates(options: McpRequestOptions = {}): Promise<readonly McpTemplate[]> {
    return await this.#read("resources/templates/list", {}, options, readTemplates(this.#settings.limits));
  }

  /** A resource as text, each part under its address, within the limit of results. @throws AutogenError `mcp-failed`, `aborted` */
  async readResource(uri: string, options: McpRequestOptions = {}): Promise<string> {
    return await this.#read("resources/read", { uri }, options, async (client, request) => {
      const { contents } = await client.readResource({ uri }, { ...request, cacheMode: "bypass" });
      return capped(contents.map(textOfResource).join("\n\n"), this.#settings.limits.resultCharacters);
    });
  }

  /** All prompts, page by page to the end. @throws AutogenError `mcp-failed`, `aborted` */
  async listPrompts(options: McpRequestOptions = {}): Promise<readonly McpPromptInfo[]> {
    return await this.#read("prompts/list", {}, options, readPrompts(this.#settings.limits));
  }

  /** The messages of a prompt, filled in by the server: its words, not yours. @throws AutogenError `mcp-failed`, `aborted` */
  async getPrompt(
    prompt: string,
    args: Readonly<Record<string, string>> = {},
    options: McpRequestOptions = {},
  ): Promise<McpPrompt> {
    return await this.#read(
      "prompts/get",
      { name: prompt, arguments: args },
      options,
      readPrompt(prompt, args, this.#settings.limits),
    );
  }

  /** Changes the folders that the server may ask for, and tells it. @throws AutogenError `invalid-option` without `roots` at the start */
  async setRoots(roots: readonly (string | URL | McpRoot)[]): Promise<void> {
    if (this.#options.roots === undefined) {
      throw new AutogenError(
        "invalid-option",
        `The MCP server \`${this.name}\` was told at the start that there are no roots. Pass \`roots: []\` to \`connectMcp\`.`,
      );
    }
    this.#roots = roots.map(rootOf);
    await this.#link.client?.notification({ method: "notifications/roots/list_changed" });
  }

  /** Ends the connection; a server that was started is ended with all that it has started. */
  async close(): Promise<void> {
    await this.#link.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** What the client answers to requests of the server. */
  #prepare(client: Client): void {
    const { roots, sampling, onLog } = this.#options;
    if (roots !== undefined) client.setRequestHandler("roots/list", () => ({ roots: this.#roots.map((root) => ({ ...root })) }));
    if (sampling !== undefined) {
      client.setRequestHandler("sampling/createMessage", ({ params }) =>
        answerSampling(this.name, sampling, params, [...this.#calls].at(-1)),
      );
    }
    if (onLog === undefined) return;
    client.setNotificationHandler("notifications/message", ({ params: { level, data } }) => {
      this.#logs += 1;
      const { logMessages } = this.#settings.limits;
      if (this.#logs > logMessages) {
        return this.#warn(
          "log-flood",
          `The MCP server \`${this.name}\` logs more than ${String(logMessages)} messages; the rest is dropped.`,
        );
      }
      onLog({ level, text: cleanText(typeof data === "string" ? data : JSON.stringify(data), LOG_CHARACTERS).text });
    });
  }

  async #readTools(client: Client, request: RequestOptions): Promise<void> {
    const { tools } = await client.listTools(undefined, { ...request, cacheMode: "refresh" });
    this.#set.take(tools);
  }

  /** After a notification. Never rejects: nobody waits for it. */
  async #readAgain(): Promise<void> {
    this.#stale = true;
    // A server that has ended since is asked when it is needed again.
    if (this.#reading || this.#link.client === null) return;
    this.#reading = true;
    try {
      while (this.#stale && this.#link.client !== null) {
        this.#stale = false;
        this.#refreshes += 1;
        if (this.#refreshes > MOST_REFRESHES) {
          return this.#warn(
            "list-failed",
            `The MCP server \`${this.name}\` changes its tools all the time; it is not followed any more.`,
          );
        }
        await this.refresh();
      }
    } catch (error) {
      this.#warn(
        "list-failed",
        `The tools of the MCP server \`${this.name}\` could not be read again: ${(error as Error).message}`,
      );
    } finally {
      this.#reading = false;
    }
  }

  async #callForAgent(
    { name, originalName }: McpToolInfo,
    args: McpArguments,
    context: McpCallContext,
  ): Promise<string | readonly ContentPart[]> {
    const { agent, run, toolCallId: callId } = context;
    const result = await this.#call(originalName, args, context, (update) =>
      run?.emit({
        ...{ type: "tool.progress", agent: agent?.name ?? "", tool: name, update },
        ...(callId === undefined ? {} : { callId }),
      }),
    );
    // Agents tell their model of what is thrown as of an error.
    if (!result.ok) throw new AutogenError("mcp-failed", result.text);
    return this.#settings.images === "parts" && result.images.length > 0 ? partsOf(result) : result.text;
  }

  async #call(
    tool: string,
    args: McpArguments,
    { signal, run }: McpCallContext,
    onProgress?: (update: Json) => void,
  ): Promise<McpResult> {
    const { progressEvents, resultCharacters } = this.#settings.limits;
    let events = 0;
    this.#logs = 0;
    const ended = new AbortController();
    const call: CallUnderWay = {
      run: run ?? null,
      signal: signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]),
      requests: 0,
    };
    this.#calls.add(call);
    try {
      const result = await this.#request(`the call of ${tool}`, signal, (client, request) =>
        client.callTool(
          { name: tool, arguments: { ...args } },
          {
            ...request,
            onprogress: ({ progress, total, message = "" }) => {
              events += 1;
              if (events > progressEvents) return;
              const text = cleanText(message, 500).text;
              onProgress?.({ progress, ...(total === undefined ? {} : { total }), ...(text === "" ? {} : { text }) });
            },
          },
        ),
      );
      return resultOf(result, resultCharacters);
    } finally {
      this.#calls.delete(call);
      ended.abort(new Error("The call that this belongs to has ended."));
    }
  }

  async #request<T>(what: string, signal: AbortSignal | undefined, make: Reader<T>): Promise<T> {
    const { timeoutMs: timeout, totalTimeoutMs: maxTotalTimeout } = this.#settings;
    return await this.#link.request({ what, signal }, (client, forServer) =>
      make(client, {
        ...{ timeout, maxTotalTimeout, resetTimeoutOnProgress: true },
        ...(forServer === undefined ? {} : { signal: forServer }),
      }),
    );
  }

  #read<T>(method: string, params: Json, options: McpRequestOptions, reader: Reader<T>): Promise<T> {
    return this.#effect(method, params, options, (signal) => this.#request(method, signal, reader));
  }

  /** An effect of the run, if there is one. What the work gives is plain data. */
  async #effect<T>(
    method: string,
    params: Json,
    { run, signal }: McpRequestOptions,
    work: (signal?: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (run === undefined) return await work(signal);
    const input = { method, params };
    return (await run.perform("io", `mcp:${this.name}`, input, async ({ signal: ofRun }) => {
      const either = signal === undefined ? ofRun : ofRun === undefined ? signal : AbortSignal.any([signal, ofRun]);
      return (await work(either)) as Json;
    })) as T;
  }

  #warn(code: string, text: string): void {
    if (this.#warned.has(`${code}\n${text}`) || this.#warned.size >= MOST_WARNINGS) return;
    this.#warned.add(`${code}\n${text}`);
    const warning: McpWarning = { code, server: this.name, text };
    try {
      if (this.#options.onWarning === undefined) IOStream.getDefault().warn?.(text);
      else this.#options.onWarning(warning);
    } catch {
      // Nobody is left who could be told, and the connection must go on.
    }
  }
}

/** A server that does everything wrong in ever new ways is not quoted for ever. */
const MOST_WARNINGS = 200;

function rootOf(root: string | URL | McpRoot): McpRoot {
  if (typeof root === "string") return { uri: root.startsWith("file://") ? root : pathToFileURL(resolve(root)).href };
  return root instanceof URL ? { uri: root.href } : root;
}
