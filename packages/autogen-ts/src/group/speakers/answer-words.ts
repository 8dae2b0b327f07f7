/**
 * Words about turns, by language: what says who is next, who is not, and who was. A language is a line in each table.
 * The tables are functions, since patterns of all scripts take a while to make, and most programs never read an answer.
 */

/** Before and after a name. Both must fit; texts are those between the name and its neighbours in the sentence. */
export interface Way {
  readonly before: RegExp;
  readonly after: RegExp;
}

const before = (pattern: RegExp): Way => ({ before: pattern, after: /^/u });
const after = (pattern: RegExp): Way => ({ before: /^/u, after: pattern });

/** A label of what is looked for. */
export const labelOfNext = (): RegExp =>
  /\bnext\b|\b(?:final )?answer\b|nächst|antwort|下一|接下来|下個|答案|次|回答|다음|siguiente|suivant|prossim/iu;

/** A label of something else: who was, who may not, who might. */
export const labelOfOthers = (): RegExp =>
  /\b(?:last|previous|prior|current|not|never|excluded?|except|from|after|reason|because|since)\b|letzte|vorig|bisher|nicht|außer|grund|begründung|上一|之前|刚才|不是|不能|理由|原因|前の|直前|以外/iu;

/** The name is next. */
export const saidNext = (): readonly Way[] => [
  // English
  before(
    /\bnext(?: (?:up|speaker|role|one|turn|person|agent|to (?:speak|play|go|respond|act|reply)))*(?: to (?:speak|play|go|respond|act|reply))?(?: (?:is|would be|will be|should be|must be|goes to|:))*:?\s*(?:the )?["'*`]*$/iu,
  ),
  before(
    /\b(?:choose|chose|pick|select|say|suggest|recommend|let|hand (?:it )?over to|turn (?:of|for)|time for|call on|up to|pass to)\s+(?:the )?["'*`]*$/iu,
  ),
  after(/^["'*`]*(?: (?:role|agent))?(?:'s|’s) turn\b/iu),
  after(/^["'*`]*(?: (?:role|agent))? (?:(?:is|goes|speaks|comes|to (?:speak|go)) next|is up)\b/iu),
  after(
    /^["'*`]*(?: (?:role|agent))? (?:should|must|ought to|needs to|has to) (?:(?:now|be the one to) )?(?:speak|respond|reply|answer|talk|continue|go (?:next|first|now|on)|take over|take the turn|be next)\b/iu,
  ),
  // Chinese
  before(/(?:下一(?:个|位|步|轮)?|接下来|下面|现在)[^,，、]{0,10}(?:是|为|由|让|请|该|轮到|到)$/u),
  before(/(?:轮到|选择|我选|推荐|建议|应该由|应当由|应由|应该是|应当是|应是|应该让|该由|交给)$/u),
  after(/^(?:来|应该|应当|需要|该|可以)*(?:下一个|接着|继续|先)?(?:发言|说话|回答|回复|回应)/u),
  // Japanese
  before(/次(?:は|に|の[^、]{0,8}は)[^、]{0,3}$/u),
  after(
    /^(?:さん|先生)?(?:の番|が次|が(?:発言|話|回答|答え)|が(?:最も)?(?:適切|適任|最適)|を(?:選|指名|推薦|推奨)|にお願い|に任せ)/u,
  ),
  // German
  before(
    /(?:nächste[rsn]?|als nächstes|jetzt|nun)(?: (?:rolle|sprecher|sprecherin|ist|wäre|sollte|soll|muss|spricht|kommt|bitte))*:? ?(?:der |die |das |den )?["'*`]*$/iu,
  ),
  before(/(?:wähle|an der reihe ist|dran ist)(?: (?:der|die|das|den))? ["'*`]*$/iu),
  after(/^["'*`]*(?: (?:ist|wäre|kommt))?(?: (?:nun|jetzt|als nächstes|damit))* (?:an der reihe|dran|am zug)\b/iu),
  after(
    /^["'*`]* (?:sollte|soll|muss|müsste)(?: (?:nun|jetzt|als nächstes))* (?:sprechen|antworten|reden|übernehmen|weitermachen)\b/iu,
  ),
  after(/^["'*`]* (?:wählen|nehmen)\b/iu),
];

/** The name is ruled out, or is that of an earlier speaker. */
export const saidNotNext = (): readonly Way[] => [
  // English
  before(
    /(?:\bnot|\bnever|n't be|\bexcept(?: for)?|\bexcluding|\bbesides|\bother than|\brather than|\binstead of|\b(?:any|every|no)(?:one|body) but)\s+(?:be |by )?(?:the )?["'*`]*$/iu,
  ),
  before(
    /\b(?:last|previous|prior|former)(?: (?:speaker|role|turn|message))?(?: (?:was|is|came from|by|from))*:?\s*(?:the )?["'*`]*$/iu,
  ),
  after(
    /^["'*`]*(?: (?:role|agent))? (?:is not|isn't|cannot|can't|can not|should not|shouldn't|must not|mustn't|does not|doesn't|did not)\b/iu,
  ),
  after(/^["'*`]*(?: (?:has|have|had))? (?:just|already|recently)\b/iu),
  before(/\bafter (?:the )?["'*`]*$/iu),
  // Chinese
  before(/(?:不是|不能是|不该是|不应该是|不选|不要选|除了|并非|排除|别让|不由)$/u),
  before(/上一(?:个|位)?[^,，、]{0,8}(?:是|为)$/u),
  after(/^(?:刚刚|刚才|刚|已经|之后)/u),
  after(/^(?:以外|之外|除外|不行|不能|不应该|不需要)/u),
  // Japanese
  before(/(?:前の|直前の)[^、]{0,8}は$/u),
  after(/^(?:さん)?(?:ではなく|じゃなく|でなく|ではない|以外|を除|の(?:後|あと|次))/u),
  // German
  before(/(?:\bnicht|außer|\bweder|\bnoch|\bstatt|\bkeine?|\bohne)(?: (?:der|die|das|den|dem))? ["'*`]*$/iu),
  before(
    /(?:letzte[rn]?|vorige[rn]?|bisherige[rn]?)(?: (?:sprecher|sprecherin|rolle))?(?: (?:war|ist))? (?:der |die |das )?["'*`]*$/iu,
  ),
  after(
    /^["'*`]* (?:ist nicht|kann nicht|darf nicht|soll nicht|sollte nicht|war zuletzt|hat (?:\p{L}+ )?(?:zuletzt|gerade|eben|bereits|schon))\b/iu,
  ),
  before(/\bnach(?: (?:der|dem))? ["'*`]*$/iu),
];

/** The answer opens as somebody. */
export const waysToSpeakAs = (): readonly Way[] => [
  { before: /^(?:speaking )?as (?:the |an? )?["'*`]*$/iu, after: /^["'*`]*(?: agent| role)?\s*(?:[,:)\]]|i['’ ])/iu },
  {
    before: /^(?:als|in der rolle)(?: (?:der|die|das|des))? ["'*`]*$/iu,
    after: /^["'*`]* ?(?:[,:)]|(?:würde|möchte|werde|kann|bin|habe|sage|frage|empfehle) ich)/iu,
  },
  { before: /^(?:作为|身为)$/u, after: /^[,，、:]/u },
  { before: /^$/u, after: /^として/u },
];

/** What joins names of which each is meant. */
export const alternative = (): RegExp =>
  /^["'*`]*\s*(?:[,、/&|+]|[,、]?\s*(?:\b(?:or|and|oder|und|as well as|sowie|als auch)\b|或者?|和|与|及|以及|还是|か|または|と|や|それとも))\s*(?:(?:the|der|die|das|den)\s)?["'*`]*$/iu;

/** Clauses that give a reason. Names in them do not count where others are left. */
export const reasons = (): readonly RegExp[] => [
  /\b(?:since|because|given that|now that|seeing that)\b[^,.;!?\n]*/giu,
  /(?<![\p{L}])(?:weil|da|denn|nachdem)(?= )[^,.;!?\n]*/giu,
  /(?<![\p{L}])(?:car|parce qu|puisqu|porque|ya que|puesto que|perché|poiché)(?![\p{L}])[^,.;!?\n]*/giu,
  /(?:因为|由于|既然)[^,、。;!?\n]*/gu,
  /[^,、。;!?\n]{3,60}?(?:ので|から|ために?)(?=[,、。\s]|[^、。]{0,20}です)/gu,
];
