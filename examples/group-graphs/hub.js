// @ts-check
// A hub: the front desk talks to five departments, the departments talk to the desk only.
import { GroupChat } from "autogen-ts";
import { speaker, whoeverIsAsked } from "./speaking-agent.js";

/** @returns {{ chat: GroupChat, first: import("autogen-ts").ConversableAgent, message: string }} */
export function hub() {
  const desk = speaker("Front_Desk", [
    "Then it can be repaired free of charge. NEXT: Repairs",
    "The pump was replaced; please send the machine home. NEXT: Shipping",
    "The customer wants the date in writing, on the invoice too. NEXT: Billing",
    "Repaired, paid, and on its way on Thursday. TERMINATE",
  ]);
  const departments = [
    speaker("Billing", ["Paid in full, with two years of guarantee.", "The date is on the invoice."]),
    speaker("Repairs", ["The pump was broken; a new one is in."]),
    speaker("Shipping", ["It leaves on Thursday."]),
    speaker("Sales", []),
    speaker("Legal", []),
  ];
  const transitions = new Map([[desk, departments]]);
  for (const department of departments) transitions.set(department, [desk]);
  const chat = new GroupChat({
    agents: [desk, ...departments],
    maxRound: 20,
    allowedOrDisallowedSpeakerTransitions: transitions,
    speakerTransitionsType: "allowed",
    speakerSelectionMethod: whoeverIsAsked,
  });
  return { chat, first: desk, message: "A customer brings back a washing machine that leaks. Was it paid for? NEXT: Billing" };
}
