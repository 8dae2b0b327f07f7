import assert from "node:assert/strict";
import { test } from "vitest";
import type { ModelRequest } from "../../core.js";
import { serverOf } from "./provider-name.js";

for (const [endpoint, provider, address, port] of [
  ["https://api.openai.com/v1/chat/completions", "openai", "api.openai.com", 443],
  ["https://mine.openai.azure.com/openai/deployments/x", "azure.ai.openai", "mine.openai.azure.com", 443],
  ["https://api.anthropic.com/v1", "anthropic", "api.anthropic.com", 443],
  ["https://generativelanguage.googleapis.com/v1beta/openai", "gcp.gemini", "generativelanguage.googleapis.com", 443],
  ["https://bedrock-runtime.us-east-1.amazonaws.com/model", "aws.bedrock", "bedrock-runtime.us-east-1.amazonaws.com", 443],
  ["https://api.groq.com/openai/v1", "groq", "api.groq.com", 443],
  ["https://api.x.ai/v1", "x_ai", "api.x.ai", 443],
  // Ends with the same letters, and is somebody else.
  ["https://max.ai/v1", "openai", "max.ai", 443],
  ["http://127.0.0.1:11434/v1/chat/completions", "openai", "127.0.0.1", 11434],
  ["http://localhost/v1", "openai", "localhost", 80],
  ["", "openai", null, null],
] as const) {
  test(`the endpoint ${JSON.stringify(endpoint)} is one of ${provider}`, () => {
    const request: ModelRequest = { api: "chat", endpoint, config: 0, body: {} };
    assert.deepEqual(serverOf(request), { provider, address, port });
  });
}

test("a client of the user's own without an endpoint is `custom`", () => {
  assert.equal(serverOf({ api: "custom", endpoint: "", config: 0, body: {} }).provider, "custom");
});
