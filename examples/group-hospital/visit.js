// @ts-check
// A visit to a hospital, as five models (six with the nurse) would play it: who says what, in which order.

/** Name, what the others know of it, and what it is told. @type {Record<string, { description: string, prompt: string }>} */
export const ROLES = {
  Patient: {
    description: "来看病的人，讲述自己的不适，回答问题，缴费。",
    prompt: "你是病人李明，咳嗽发烧三天。只说病人会说的话，一次说一件事。拿到药并听完用法之后，道谢并写上 TERMINATE。",
  },
  Registration: {
    description: "挂号处，登记病人信息，安排科室和诊室。",
    prompt: "你在医院挂号处工作。先问清姓名、年龄、是否初诊，再安排科室、号码和诊室。不谈病情，不谈费用。",
  },
  Doctor: {
    description: "内科医生，问诊，诊断，开处方。",
    prompt: "你是内科医生。先问症状和过敏史，再给出诊断和处方，最后请病人去缴费。用病人听得懂的话。",
  },
  Cashier: {
    description: "收费处，告知金额，收款，指引取药。",
    prompt: "你在收费处工作。根据处方说明金额，确认收款，然后请病人去药房。不解释药品。",
  },
  Pharmacy: {
    description: "药房，核对处方，发药，说明用法。",
    prompt: "你在药房工作。确认已缴费后按处方发药，逐一说明用法和注意事项。",
  },
};

/** @type {typeof ROLES} */
export const NURSE = {
  Nurse: {
    description: "分诊护士，看诊之前测量体温和血压。",
    prompt: "你是分诊护士。病人挂号之后、看医生之前，测量体温和血压并告知结果。不作诊断。",
  },
};

/** Who may follow whom. @type {Record<string, readonly string[]>} */
export const TRANSITIONS = {
  Patient: ["Registration", "Doctor", "Cashier"],
  Registration: ["Patient", "Doctor"],
  Doctor: ["Patient", "Cashier"],
  Cashier: ["Patient", "Pharmacy"],
  Pharmacy: ["Patient"],
};

/** @type {typeof TRANSITIONS} */
export const TRANSITIONS_WITH_NURSE = {
  ...TRANSITIONS,
  Patient: ["Registration", "Nurse", "Doctor", "Cashier"],
  Registration: ["Patient", "Nurse"],
  Nurse: ["Patient", "Doctor"],
};

/** @typedef {readonly [speaker: string, text: string]} Line */

/** @type {readonly Line[]} */
const BEFORE = [
  ["Patient", "您好，我咳嗽、发烧已经三天了，想看医生。"],
  ["Registration", "您好，请告诉我您的姓名和年龄，以前来过我们医院吗？"],
  ["Patient", "我叫李明，三十四岁，第一次来。"],
  ["Registration", "已经为您登记，挂的是内科普通门诊十二号，请到二楼三号诊室候诊。"],
];

/** @type {readonly Line[]} */
const TRIAGE = [
  ["Nurse", "请坐，我先给您量一下体温和血压，请把袖子卷起来。"],
  ["Patient", "好的，麻烦您了。"],
  ["Nurse", "体温三十八度四，血压一百二十八比八十二，都记在病历上了，请进三号诊室。"],
];

/** @type {readonly Line[]} */
const AFTER = [
  ["Doctor", "请坐。最高烧到多少度？咳嗽有痰吗？有没有对什么药过敏？"],
  ["Patient", "最高三十八度六，有黄痰，对青霉素过敏。"],
  [
    "Doctor",
    "两肺呼吸音粗，没有听到湿啰音，考虑急性支气管炎。因为您对青霉素过敏，开阿奇霉素片三天，氨溴索口服液五天，退烧药备用。请先去收费处缴费。",
  ],
  ["Cashier", "处方一共八十六元五角，请问您怎么支付？"],
  ["Patient", "用手机支付，已经付好了。"],
  ["Cashier", "款项已收到，这是您的凭单，请到一楼药房取药。"],
  [
    "Pharmacy",
    "凭单核对无误。阿奇霉素每天一次，每次一片，饭后吃；氨溴索每天三次，每次十毫升；体温超过三十八度五再吃退烧药。三天不退烧请复诊。",
  ],
  ["Patient", "明白了，谢谢各位。TERMINATE"],
];

/** @param {{ nurse: boolean }} options @returns {readonly Line[]} */
export const visitLines = ({ nurse }) => [...BEFORE, ...(nurse ? TRIAGE : []), ...AFTER];

/** What somebody says who has the turn and nothing to do. */
export const IDLE = "这里暂时没有需要我办理的事。";
