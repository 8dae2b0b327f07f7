/** Names of container images made from file names. Specification chapter 24, section 4. */

const MAX_TAG_LENGTH = 128;

/** `a b.py` gives `a_b.py`; a leading `.` or `-` becomes `_`. */
export function dockerTag(fileName: string): string {
  return fileName
    .replace(/[^A-Za-z0-9_.-]/g, "_")
    .replace(/^[.-]/, "_")
    .slice(0, MAX_TAG_LENGTH);
}
