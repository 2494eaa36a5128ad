import { compilePremiumYears, readPremiumYearFiles } from "../../advantage/load-premium-years.ts";
import { FINDING_CODES } from "../../findings/finding-codes.ts";
import type { Declaration, OutcomeNumber } from "./outcome-number.ts";
import { OUTCOME_NUMBERS } from "./outcome-numbers.ts";
import { bisNumberOf, inamiNumberOf, ssinOf } from "./synthetic-number.ts";

/** docs/integrators/numbers.md, of the table of outcomes. */
export function renderNumbers(): string {
  const years = compilePremiumYears(readPremiumYearFiles());
  const newest = years.get(Math.max(...years.keys()))!;
  const amountOf: AmountOf = ({ profession, level }) => newest.professions.get(profession)!.amounts.get(level)!.cents;
  return [
    ...INTRODUCTION,
    ...renderTable(
      ["digits", "what it is", "group 000: INAMI number", "SSIN", "declared from", "finding on the record", "verified"],
      OUTCOME_NUMBERS.map(renderRegisterRow),
    ),
    ...BETWEEN,
    ...renderTable(
      ["digits", "what it is", "declare", "premium year", "state", "outcome", "reasons", "amount in cents"],
      OUTCOME_NUMBERS.filter(({ advantage }) => advantage).map((outcome) => renderAdvantageRow(outcome, amountOf)),
    ),
    ...ENDING,
    "",
  ].join("\n");
}

type AmountOf = (amount: { readonly profession: string; readonly level: string }) => number;

const INTRODUCTION = [
  "# Numbers that choose their outcome",
  "",
  "<!-- written by `npm run numbers` from src/spaces/numbers; a test compares -->",
  "",
  "The register of a validation gateway knows invented holders whose numbers say what becomes of them. Nothing looks at the digits",
  "when a record is checked or a dossier evaluated: register and facts are such that the ordinary rules, those of production,",
  "come to it. No production gateway knows any of them.",
  "",
  "## How a number is made",
  "| | |",
  "|---|---|",
  "| INAMI number | `9 GGG OO CC 000`: a profession digit that no profession has, group, outcome, check digits (97), competence code. Eight digits do as well |",
  "| SSIN | `7a MM DD 6OO CC`: of group `abc`, born in 197a, in month b + 1 on day c + 1; the last two digits of the serial are the outcome |",
  "",
  `Group 123 and outcome 20: ${inamiNumberOf(123, "20")} and ${ssinOf(123, "20")}. Group 000 is there for everybody; a space has a group of its own, and its`,
  "holders are nobody else's. Any other competence code on a known number gives the warning `competenceCodeUnknown`.",
  "",
  "## What the register says",
  "Findings are those of a contract that starts on that day (Y is this year), sent with number and SSIN. Answers of the verification are",
  "those for the INAMI number, today.",
  "",
];

const BETWEEN = [
  "",
  `By SSIN the verification answers with the numbers of the person. The holder of 07 had the BIS number ${bisNumberOf(0, "07")} (group 000) before:`,
  "a contract with it is accepted, and the verification answers `replaced`, by the SSIN above.",
  "",
  "## What becomes of the social advantage",
  "What insurers read from the day of the decision of the premium year on (usually 1 September of Y + 1), once all dossiers are",
  "evaluated and decided: [simulations.md](simulations.md) brings a space there in a moment. The rules of year Y are those of the newest year published, one",
  "year later, with the same amounts (and none for trainees), until the institute publishes them.",
  "",
];

const ENDING = [
  "",
  "Before that day every client is `open`, then from the day of the evaluation on `evaluated`, both `pending`. `noContract` is a reason that no insurer",
  "can see: 62 shows that nothing is there without a contract.",
  "",
  "| state | how |",
  "|---|---|",
  "| `decided` | any of the table with that state, on the day of the decision |",
  "| `toPay`, then `paid` | any that is `payable`, when a payment run is made, then executed |",
  "| `contested` | 70, once it is decided: `pending`, `underReview` |",
  "| `recovery` | 71, once it is paid: `notPayable`, `conditionsNotMet` |",
  "| `supplement` | 72, once it is paid: `payable`, with a higher amount |",
  "| `settled` | 71 and 72, when a later payment run has evened them out |",
  "| `withdrawn` | an operator takes a dossier out before it is decided |",
];

function renderRegisterRow({ code, name, says, provider, declared, finding, verified }: OutcomeNumber): string[] {
  const severity = finding && (FINDING_CODES[finding].severity === "blocking" ? "rejected" : "warning");
  return [
    code,
    `**${name}**: ${says}`,
    inamiNumberOf(0, code),
    ssinOf(0, provider?.replacedBy ?? code),
    describe(declared),
    finding ? `\`${finding}\` (${severity})` : "",
    `\`${verified}\``,
  ];
}

function renderAdvantageRow({ code, says, declared, advantage }: OutcomeNumber, amountOf: AmountOf): string[] {
  const { state, outcome, reasons, amount } = advantage!;
  return [
    code,
    says,
    describe(declared),
    declared.premiumYear,
    `\`${state}\``,
    `\`${outcome}\``,
    reasons.map((reason) => `\`${reason}\``).join(", "),
    amount ? `${amountOf(amount)} (${amount.profession}, \`${amount.level}\`)` : "",
  ];
}

function describe({ contracts, startOn }: Declaration): string {
  if (contracts === 0) return "nothing";
  return contracts === 2 ? `two: ${startOn}, the other a year earlier` : startOn;
}

function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}
