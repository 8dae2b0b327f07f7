/** Code in messages, and what executors make of it. */
import { exported, library } from "../map/not-available.mjs";
import { ScenarioError } from "../map/scenario-error.mjs";

/** Texts are looked through; the text of other content is asked for first. */
const textOf = (content) => (typeof content === "string" ? content : library.contentText(content));

/** @type {Record<string, import("./index.mjs").TableFunction>} */
export const code = {
  content_str: ([content]) => exported("contentText", "texts of contents")(content),
  infer_lang: ([text]) => exported("inferLanguage", "inferring languages")(text),
  extract_code: ([text, ...rest], { detect_single_line_code, ...more }) => {
    if (rest.length > 0 || Object.keys(more).length > 0) throw new ScenarioError("extract_code: arguments that are not known");
    return library.extractCode(
      textOf(text),
      detect_single_line_code === undefined ? {} : { detectSingleLine: detect_single_line_code },
    );
  },
  extract_code_blocks: ([text]) => library.extractCodeBlocks(textOf(text)).map(({ language, code: block }) => [language, block]),
  silence_pip: ([text, language]) => library.silencePip(text, language),
  file_name_from_content: ([text]) => {
    const claim = library.fileNameFromCode(text);
    if (claim.kind === "refused") throw new Error(claim.text);
    return claim.kind === "name" ? claim.name : null;
  },
  sanitize_command: ([language, text]) => {
    const danger = library.dangerIn(language, text);
    if (danger !== undefined) throw new Error(danger);
    return "ok";
  },
  docker_tag: ([name]) => library.dockerTag(name),
};
