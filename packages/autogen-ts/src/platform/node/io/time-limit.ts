/** Questions that do not wait for ever (D15-7). */
import { AutogenError, throwIfAborted } from "../../../run/index.js";

export interface AnswerLimits {
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
}

/**
 * Calls `ask` with a signal that fires on abort and when the time is up.
 *
 * @throws AutogenError `input-closed` with the details `{ timeoutMs }` when the time is up; whatever `ask` throws
 */
export async function withTimeLimit<T>(
  prompt: string,
  { signal, timeoutMs }: AnswerLimits,
  ask: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  if (signal !== undefined) throwIfAborted(signal);
  if (timeoutMs === undefined) return await ask(signal);
  const tooLate = new AbortController();
  const timer = setTimeout(() => tooLate.abort(), timeoutMs);
  try {
    return await ask(signal === undefined ? tooLate.signal : AbortSignal.any([signal, tooLate.signal]));
  } catch (error) {
    if (!tooLate.signal.aborted || signal?.aborted === true) throw error;
    const text = `The question \`${prompt.trim()}\` got no answer within ${String(timeoutMs)} ms.`;
    throw new AutogenError("input-closed", text, { cause: error, details: { timeoutMs } });
  } finally {
    clearTimeout(timer);
  }
}
