/** The library's own default texts, by the names that cases give them. */
import { library } from "./not-available.mjs";

/** @type {Readonly<Record<string, () => unknown>>} */
const TEXTS = {
  assistant_system_message: () => library.ASSISTANT_SYSTEM_MESSAGE,
  assistant_description: () => library.ASSISTANT_DESCRIPTION,
  conversable_system_message: () => library.CONVERSABLE_SYSTEM_MESSAGE,
  summary_prompt: () => library.DEFAULT_SUMMARY_PROMPT,
  group_chat_intro: () => library.GROUP_CHAT_INTRO,
  group_chat_manager_system_message: () => library.GROUP_CHAT_MANAGER_SYSTEM_MESSAGE,
  society_of_mind_preamble: () => library.SOCIETY_OF_MIND_PREAMBLE,
  society_of_mind_prompt: () => library.SOCIETY_OF_MIND_PROMPT,
};

/** Puts the library's texts in the places of `<default:…>`; a text that it does not export stays free. @param {string} text */
export function withDefaultTexts(text) {
  return text.replace(/<default:([^<>]*)>/g, (token, name) => {
    const [kind, mode] = name.split(":");
    const found = kind === "user_proxy_description" ? library.USER_PROXY_DESCRIPTIONS?.[mode] : TEXTS[kind]?.();
    return typeof found === "string" ? found : token;
  });
}
