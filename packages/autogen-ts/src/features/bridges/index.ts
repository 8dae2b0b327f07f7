export { fromAiSdk, fromAiSdkTools } from "./ai-sdk.js";
export type { AiSdkOptions, AiSdkTool } from "./ai-sdk.js";
export { fromLangChain } from "./langchain.js";
export type { LangChainTool } from "./langchain.js";
export type { BridgedTool, BridgeContext } from "./bridged-tool.js";
