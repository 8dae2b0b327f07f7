/** From what an implementation gave to text for the model. Specification chapter 11, section 6.4 (D11-5). */

/**
 * A text stays as it is, everything else becomes compact JSON, nothing becomes `null`.
 *
 * @throws TypeError for cycles and BigInt, which the caller tells the model
 */
export function resultText(value: unknown): string {
  if (typeof value === "string") return value;
  return JSON.stringify(value) ?? "null";
}
