/** Models that answer to messages only. */

/** OpenAI's, and Azure's spelling of them; `gpt-3.5-turbo-instruct` answers to prompts. */
const CHAT = /^(?:gpt-3\.?5-turbo(?!-instruct)|gpt-[4-9]|chatgpt-|o\d)/u;

export const isChatModel = (model: string): boolean => CHAT.test(model);
