/** What is known of one tool of a server. */

/** What is known of a tool of a server. Everything but `server`, `name` and `pin` is the server's own claim. */
export interface McpToolInfo {
  readonly server: string;
  /** What models call it: `files__read_file`. */
  readonly name: string;
  /** What the server calls it. */
  readonly originalName: string;
  readonly title: string | null;
  /** Without hidden characters, and cut. */
  readonly description: string;
  /** Hints such as `readOnlyHint` and `destructiveHint`: use them to ask a person, never to skip asking one. */
  readonly annotations: Readonly<Record<string, unknown>>;
  /** Hash of the definition as the server sent it. */
  readonly pin: string;
}
