/** Which messages a transform is for. Specification chapter 14, section 6. */
import { AutogenError, filterConfig, type ConfigFilter, type Message } from "../../core.js";

/** Options of transforms that leave some messages alone. */
export interface FilterOptions {
  /** Key → accepted values; a message matches when all keys do. Null among the values accepts messages without the key. */
  readonly filterDict?: ConfigFilter | null;
  /** true: messages that match are left alone; false: only they are transformed. @default true */
  readonly excludeFilter?: boolean;
}

/** Whether a message is to be transformed. @throws AutogenError `invalid-option` for a filter that is no object */
export function filterOf({ filterDict, excludeFilter = true }: FilterOptions): (message: Message) => boolean {
  if (filterDict === undefined || filterDict === null) return () => true;
  if (typeof filterDict !== "object" || Array.isArray(filterDict))
    throw new AutogenError("invalid-option", '`filterDict` is no object. Pass keys and their values: `{ role: ["system"] }`.');
  // A message is an object like an entry; the filter only reads its keys.
  return (message) => filterConfig([{ ...message }], filterDict).length > 0 !== excludeFilter;
}
