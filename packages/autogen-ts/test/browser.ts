/** A real browser, the system's Chromium, without a network of its own. */
import { chromium, type Browser } from "playwright-core";
import { hasComponent } from "./components.js";

export const hasBrowser = (): boolean => hasComponent("chromium");

/** Root, as whom containers run tests, may start it only without its own sandbox. */
export async function startBrowser(): Promise<Browser> {
  const { CHROMIUM: executablePath = "/usr/bin/chromium" } = process.env;
  return await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
}
