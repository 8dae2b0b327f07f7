/** English words that a sentence is understood without. Words that turn its meaning round, such as `not`, are none of them. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    "a an the this that these those there here it its itself he him his she her hers they them their theirs we us our ours " +
    "i me my mine you your yours is are was were be been being am do does did doing have has had having will would shall " +
    "should can could may might must of to in on at by for with from as into onto over under about up down out off and or " +
    "so then than also just very really quite rather too such some any each own same other which who whom whose what when " +
    "where how while because if although though please well actually basically simply indeed perhaps maybe therefore thus " +
    "however moreover furthermore"
  ).split(" "),
);
