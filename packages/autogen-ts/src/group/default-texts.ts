/** Texts of group chats. The wording is the project's own; `{roles}` and `{agentlist}` are filled in. Specification chapter 12. */

/** Announces the team, above the list of its roles. */
export const GROUP_CHAT_INTRO: string =
  "Hello everyone. A team with several members is working on this together. These are its members and what each of them does:";

/** The manager never answers by its model; this describes it to those who look. */
export const GROUP_CHAT_MANAGER_SYSTEM_MESSAGE: string =
  "You lead a group chat: you hand each message on and decide who speaks next.";

/** System message of a selection. */
export const SELECT_SPEAKER_MESSAGE: string =
  "You direct a role play. These roles take part:\n{roles}\n\n" +
  "Read the conversation below. Then choose the role from {agentlist} that plays next. Return nothing but the name of that role.";

/** Stands below the conversation. */
export const SELECT_SPEAKER_PROMPT: string =
  "Read the conversation above. Then choose the role from {agentlist} that plays next. Return nothing but the name of that role.";

/** Stands there instead when the answer can only be one of the names, unless users have a text of their own. */
export const SELECT_SPEAKER_STRUCTURED_PROMPT: string = "Choose the role that plays next.";

const RULES =
  "To decide on one, apply these rules in this order:\n" +
  '1. If the text speaks as someone ("As the ..."), take that name.\n' +
  '2. If it says who is "next", take that name.\n' +
  "3. Otherwise take the name that comes first in the text.\n";

/** Answers an answer with several names. */
export const SELECT_SPEAKER_MULTIPLE: string =
  "You named more than one speaker. Give exactly one name, that of the next speaker. " +
  RULES +
  "Upper and lower case matter, and names must be neither shortened nor changed. Answer with the name alone, without any reason.";

/** Answers an answer with none. */
export const SELECT_SPEAKER_NONE: string =
  "You named no speaker. Give the name of the next speaker. " +
  RULES +
  "Upper and lower case matter, and names must be neither shortened nor changed. The only names that count are {agentlist}. " +
  "Answer with the name alone, without any reason.";

/** What a society of mind tells its model before the transcript of the group. */
export const SOCIETY_OF_MIND_PREAMBLE =
  "Some time ago you were given a request. You and your team have worked on it. This is what was said meanwhile:";

/** What a society of mind asks its model for after the transcript, when no `responsePreparer` is given. */
export const SOCIETY_OF_MIND_PROMPT =
  "Now answer the original request in a message that stands by itself. Whoever reads it has not seen the discussion: do not mention it, nor that there was one.";
