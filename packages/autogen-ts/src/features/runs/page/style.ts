/** The look of the page. Colours have a contrast of 4.5 to 1 or more against what they stand on, by day and by night. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f7f7f4; --card: #ffffff; --line: #dcdcd5; --text: #1d2126; --soft: #565d66; --accent: #1f5fa8;
  --chat: #565d66; --message: #1f5fa8; --model: #7a3fa0; --tool: #1b6e4b; --code: #8a5300; --human: #a02c55; --speaker: #35637a;
  --warning: #b3261e; --other: #6a6a63;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171b; --card: #1c2127; --line: #343b44; --text: #e6e8ea; --soft: #a4acb6; --accent: #7db4f2;
    --chat: #a4acb6; --message: #7db4f2; --model: #cf9df0; --tool: #73cfa2; --code: #e5b064; --human: #f198b7; --speaker: #8fc3dc;
    --warning: #ff8f85; --other: #b3b3aa;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.75rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .75rem; }
h3 { font-size: .95rem; margin: 0; }
p { margin: .25rem 0; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.soft { color: var(--soft); }
.skip { position: absolute; left: -100vw; background: var(--card); padding: .5rem 1rem; }
.skip:focus { left: 1rem; top: 1rem; }
nav ul { display: flex; flex-wrap: wrap; gap: 1rem; list-style: none; padding: 0; margin: .75rem 0 0; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1.25rem 0 0; }
.facts div { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .6rem .9rem; }
.facts dt { color: var(--soft); font-size: .82rem; }
.facts dd { margin: 0; font-size: 1.15rem; font-weight: 600; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.facts small { font-size: .8rem; font-weight: 400; color: var(--soft); }
.note { border-left: 4px solid var(--warning); background: var(--card); padding: .5rem .9rem; margin: .75rem 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; overflow: auto; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; }
th, td { text-align: left; padding: .3rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--soft); font-weight: 600; position: sticky; top: 0; background: var(--card); }
tbody tr:last-child > * { border-bottom: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.timeline { max-height: 70vh; }
.timeline td:nth-child(3) { min-width: 20rem; overflow-wrap: anywhere; }
.bar { width: 22%; min-width: 7rem; }
.bar svg { display: block; width: 100%; height: .7rem; margin-top: .35rem; }
.kind { font-weight: 600; }
.chat { color: var(--chat); fill: var(--chat); } .message { color: var(--message); fill: var(--message); }
.model { color: var(--model); fill: var(--model); } .tool { color: var(--tool); fill: var(--tool); }
.code { color: var(--code); fill: var(--code); } .human { color: var(--human); fill: var(--human); }
.speaker { color: var(--speaker); fill: var(--speaker); } .warning { color: var(--warning); fill: var(--warning); }
.other { color: var(--other); fill: var(--other); }
.failed { color: var(--warning); }
.in1 { padding-left: 1.1rem; } .in2 { padding-left: 2.2rem; } .in3 { padding-left: 3.3rem; } .in4 { padding-left: 4.4rem; }
.in5 { padding-left: 5.5rem; } .in6 { padding-left: 6.6rem; } .in7 { padding-left: 7.7rem; } .in8 { padding-left: 8.8rem; }
.talk { list-style: none; padding: 0; margin: 0; }
.talk > li { content-visibility: auto; contain-intrinsic-size: auto 6rem; margin: 0 0 .75rem; }
article { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--message); border-radius: .5rem; padding: .6rem .9rem; }
article .head { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline; }
.said { white-space: pre-wrap; overflow-wrap: anywhere; margin: .4rem 0 0; unicode-bidi: isolate; }
.call { font-family: ui-monospace, monospace; font-size: .85rem; white-space: pre-wrap; overflow-wrap: anywhere; margin: .4rem 0 0; color: var(--tool); }
.said img { max-width: 100%; height: auto; display: block; }
summary { cursor: pointer; color: var(--accent); }
.graph { display: grid; grid-template-columns: minmax(18rem, 30rem) 1fr; gap: 1rem; align-items: start; }
.graph svg { width: 100%; height: auto; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
.graph text { fill: var(--text); font-size: 15px; }
.graph .node { fill: var(--ground); stroke: var(--accent); stroke-width: 2; }
.graph .edge { fill: none; stroke: var(--soft); }
.graph .tip { fill: var(--soft); }
.graph .times { fill: var(--soft); font-size: 13px; stroke: var(--card); stroke-width: 4px; paint-order: stroke; }
@media (max-width: 48rem) { .graph { grid-template-columns: 1fr; } }
footer { color: var(--soft); padding-top: 2rem; padding-bottom: 2.5rem; font-size: .85rem; }
@media print { .timeline { max-height: none; } .talk > li { content-visibility: visible; } article { break-inside: avoid; } }
`;
