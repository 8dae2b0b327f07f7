// @ts-check
// A clerk refunds orders. Small refunds run by themselves, huge ones never; for all others somebody is asked, who may
// answer tomorrow: node main.js start, and then node main.js approve | deny [reason]. Without a word: all of it.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { contentText, memoryStream } from "autogen-ts";
import { makeAgents } from "./agents.js";

const FILE = "waiting.json";
const [answer, ...reason] = process.argv.slice(2);

if (answer === undefined || answer === "start") await start();
if (answer === undefined && existsSync(FILE)) await decide("approve");
if (answer === "approve") await decide("approve");
if (answer === "deny") await decide({ deny: reason.join(" ") });

async function start() {
  const { clerk, shop } = await makeAgents();
  const message = "Order 17 came broken, order 18 late, and I want 5000 for my trouble with order 19.";
  const { stopReason } = await shop.initiateChat(clerk, { message, onEvent: report, stream: memoryStream() });
  if (stopReason !== "approval-pending") return;
  writeFileSync(FILE, JSON.stringify({ clerk: clerk.saveState(), shop: shop.saveState() }));
  console.log(`\nThe chat stands in ${FILE}; the program may end here.`);
  for (const { tool, args } of shop.pendingApprovals) console.log(`Open: ${tool} ${JSON.stringify(args)}`);
}

/** @param {import("autogen-ts").ApprovalAnswer} decision */
async function decide(decision) {
  const { clerk, shop } = await makeAgents();
  const saved = JSON.parse(readFileSync(FILE, "utf8"));
  clerk.loadState(saved.clerk, { peers: [shop] });
  shop.loadState(saved.shop, { peers: [clerk] });
  for (const { id } of shop.pendingApprovals) shop.answerApproval(id, decision);
  console.log(`\nThe answer is there: ${JSON.stringify(decision)}`);
  const { summary } = await shop.resumeChat(clerk, { onEvent: report, stream: memoryStream() });
  rmSync(FILE);
  console.log(`\nClerk: ${String(summary)}`);
}

/** @param {import("autogen-ts").RunEvent} event */
function report(event) {
  if (event.type === "tool.start") console.log(`  runs ${event.tool} (${event.callId})`);
  if (event.type === "tool.progress") console.log(`  ${event.tool}: ${JSON.stringify(event.update)}`);
  if (event.type === "approval.ask") console.log(`  asks about ${event.tool} ${JSON.stringify(event.args)} (${event.callId})`);
  if (event.type === "approval.answer") {
    const word = event.approved ? "approved" : "denied";
    console.log(`  ${word} by ${event.by} (${event.callId})${event.reason === null ? "" : `: ${event.reason}`}`);
  }
  if (event.type !== "message.received") return;
  if (event.message.role === "tool")
    console.log(`  the model reads:\n${contentText(event.message.content).replaceAll(/^/gm, "    ")}`);
}
