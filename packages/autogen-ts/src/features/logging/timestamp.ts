/** UTC, with six digits of a second as the reference writes them: `2026-01-31 12:00:00.000000`. @param time in milliseconds since 1970 */
export const timestamp = (time: number = Date.now()): string =>
  `${new Date(time).toISOString().slice(0, -1).replace("T", " ")}000`;
