/** All messages of a run, in order. */
import type { Json } from "../../../core.js";
import { callsOf, partsOf, type StoredPart } from "../message-text.js";
import { counted } from "../in-units.js";
import { isObject, textIn, type StoredEvent } from "../stored-event.js";
import { markup, type Html } from "./html.js";

/** Longer texts are folded. */
const MOST_SHOWN = 4_000;
/** Pictures that stand in the message itself. Others would have to be fetched, and are named only. */
const OWN_PICTURE = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/u;

/** More would make the page slow; the file has them. */
const MOST_MESSAGES = 20_000;

/** @param depths how deep the chat of a message is, by the number of its event */
export function transcript(events: readonly StoredEvent[], depths: ReadonlyMap<number, number>): Html {
  const messages = events.filter(({ type }) => type === "message.received");
  if (messages.length === 0) return markup`<p class="soft">Nobody said anything.</p>`;
  const inside = ({ seq }: StoredEvent): number => Math.max(0, Math.min(8, (depths.get(seq) ?? 1) - 1));
  const items = messages.slice(0, MOST_MESSAGES).map((event) => markup`<li class="in${inside(event)}">${messageOf(event)}</li>`);
  const more = messages.length - MOST_MESSAGES;
  return markup`<ol class="talk">
      ${items}
    </ol>
    ${more > 0 ? markup`<p class="note">${counted(more, "further message")}: see the file.</p>` : null}`;
}

function messageOf(event: StoredEvent): Html {
  const { message, seq, time } = event;
  const parts = partsOf(message, textIn(event, "text")).map(part);
  const calls = callsOf(message).map(({ name, args }) => markup`<p class="call">${name}(${readable(args)})</p>`);
  return markup`<article id="event-${seq}">
    <div class="head">
      <h3>${textIn(event, "from")} → ${textIn(event, "to")}</h3>
      <span class="soft">${roleOf(message)}</span><time class="soft" datetime="${time}">${time.slice(11, 23)}</time>
    </div>
    ${parts}${calls}${parts.length + calls.length === 0 ? markup`<p class="soft">(nothing)</p>` : null}
  </article>`;
}

function part(one: StoredPart): Html {
  if (one.kind === "text") return folded(one.text);
  if (OWN_PICTURE.test(one.url)) return markup`<div class="said"><img src="${one.url}" alt="Picture in the message" /></div>`;
  return markup`<p class="said soft">[${one.type}: ${one.url.slice(0, 300)}]</p>`;
}

function folded(text: string): Html {
  if (text.length <= MOST_SHOWN) return markup`<p class="said">${text}</p>`;
  return markup`<p class="said">${text.slice(0, 600)}…</p>
    <details>
      <summary>All ${counted(text.length, "character")}</summary>
      <p class="said">${text}</p>
    </details>`;
}

function readable(args: string): string {
  try {
    return JSON.stringify(JSON.parse(args), null, 1).replaceAll(/\n\s*/gu, " ");
  } catch {
    return args;
  }
}

const roleOf = (message: Json | undefined): string => {
  const role = isObject(message) ? message["role"] : undefined;
  return role === "tool" || role === "function" ? "result of a tool" : "";
};
