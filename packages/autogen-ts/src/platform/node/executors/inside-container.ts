/** Whether this program runs in a container. */
import { existsSync } from "node:fs";

/** By the marks that Docker and Podman leave. */
export const isInsideContainer = (): boolean => ["/.dockerenv", "/run/.containerenv"].some((path) => existsSync(path));
