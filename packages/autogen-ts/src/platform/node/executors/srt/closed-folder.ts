/** Whether others than its owner get to a folder. */
import { stat } from "node:fs/promises";
import { dirname } from "node:path";

/** The folder itself or the nearest one above it that others may not enter; null when the way is open. */
export async function closedFolderAbove(folder: string): Promise<string | null> {
  for (let place = folder; ; place = dirname(place)) {
    const { mode } = await stat(place);
    if ((mode & 0o001) === 0) return place;
    if (place === dirname(place)) return null;
  }
}
