import { Type } from "typebox";
import { DOSSIER_STATES } from "../advantage/dossier-states.ts";
import { INSURER_REASON_TEXTS } from "../advantage/insurer-reason-texts.ts";
import { INSURER_OUTCOMES, NEXT_STEPS } from "../advantage/insurer-view.ts";
import { INSURER_REASONS } from "../advantage/reasons.ts";
import type { SocialAdvantage } from "../advantage/social-advantages.ts";
import type { Language } from "../findings/language.ts";
import { CONTRACT_NUMBER_LENGTH } from "../formats/contract-file/contract-file-vocabulary.ts";
import { ContractIdSchema, Day } from "./contract-view.ts";
import { API_ROOT, contractPath } from "./paths.ts";
import { Href, Instant, Link, oneOf, Simulated } from "./schema-parts.ts";

export const SOCIAL_ADVANTAGES_PATH = `${API_ROOT}/socialAdvantages`;

export const PremiumYear = Type.Integer({ minimum: 2000, maximum: 2999, description: "The year an advantage is for." });
const Cents = Type.Integer({ description: "Euro cents." });

const ReasonSchema = Type.Object(
  {
    code: oneOf(INSURER_REASONS, "Stable."),
    text: Type.String({ description: "In the language of Content-Language." }),
  },
  { title: "SocialAdvantageReason" },
);

/** All that an insurer may ever learn of a client (test/http/insurer-sees.test.ts). */
const fields = {
  socialAdvantageId: Type.String({
    format: "uuid",
    description: "Of the premium year on the contract; never changes.",
  }),
  contract: Link,
  contractId: ContractIdSchema,
  contractNumber: Type.String({ minLength: 1, maxLength: CONTRACT_NUMBER_LENGTH }),
  inamiRoot: Type.String({ pattern: "^\\d{8}$", description: "With the contract number, the key of the contract." }),
  premiumYear: PremiumYear,
  state: oneOf(DOSSIER_STATES, "Where the client's file stands, as far as it concerns this contract."),
  outcome: oneOf(INSURER_OUTCOMES, "Whether the social advantage of the year goes to this contract."),
  amountCents: Type.Optional(Type.Integer({ minimum: 1, description: "What goes to the contract, in euro cents." })),
  payment: Type.Optional(
    Type.Object({ amountCents: Cents, paidOn: Day }, { description: "What was paid on the contract, net." }),
  ),
  nextStep: Type.Optional(
    Type.Object({ step: oneOf(NEXT_STEPS), on: Day }, { description: "What comes next, and the day in the calendar." }),
  ),
  reasons: Type.Array(ReasonSchema, { description: "Why it is not payable, or what is waited for." }),
  changedAt: Instant,
  simulated: Simulated,
};
export const SocialAdvantageSchema = Type.Object({ self: Href, ...fields }, { title: "SocialAdvantage" });
export const SocialAdvantageItemSchema = Type.Object({ href: Href, ...fields }, { title: "SocialAdvantageItem" });

export function viewSocialAdvantage(advantage: SocialAdvantage, language: Language) {
  return { self: pathOf(advantage), ...viewFields(advantage, language) };
}

export function viewSocialAdvantageItem(advantage: SocialAdvantage, language: Language) {
  return { href: pathOf(advantage), ...viewFields(advantage, language) };
}

function pathOf({ socialAdvantageId }: SocialAdvantage): string {
  return `${SOCIAL_ADVANTAGES_PATH}/${socialAdvantageId}`;
}

function viewFields(advantage: SocialAdvantage, language: Language) {
  const { socialAdvantageId, contractId, contractNumber, inamiRoot, premiumYear, state, outcome } = advantage;
  const { amountCents, paidCents, paidOn, nextStep, nextStepOn, reasons, changedAt, simulated } = advantage;
  return {
    socialAdvantageId,
    contract: { href: contractPath(contractId) },
    ...{ contractId, contractNumber, inamiRoot, premiumYear, state, outcome },
    ...(amountCents !== null && { amountCents }),
    ...(paidCents !== null && paidOn !== null && { payment: { amountCents: paidCents, paidOn } }),
    ...(nextStep !== null && nextStepOn !== null && { nextStep: { step: nextStep, on: nextStepOn } }),
    reasons: reasons.map((code) => ({ code, text: INSURER_REASON_TEXTS[code][language] })),
    changedAt: changedAt.toISOString(),
    ...(simulated && { simulated }),
  };
}

export const EXAMPLE_ADVANTAGE: SocialAdvantage = {
  socialAdvantageId: "5b0f6a0c-6d53-4b5e-9f0e-2f6d8f3c1a77",
  contractId: "019aa9d2-6a10-7f3c-8d21-5b9e0c7a4410",
  contractNumber: "PLCI-2019-000123",
  inamiRoot: "12345625",
  premiumYear: 2025,
  version: 3,
  changedAt: new Date("2026-09-01T00:00:02.118Z"),
  state: "decided",
  outcome: "payable",
  amountCents: 373619,
  paidCents: null,
  paidOn: null,
  nextStep: "payment",
  nextStepOn: "2027-01-15",
  reasons: [],
};

export const EXAMPLE_REFUSED: SocialAdvantage = {
  ...EXAMPLE_ADVANTAGE,
  ...{ outcome: "notPayable", amountCents: null, nextStep: null, nextStepOn: null },
  reasons: ["contractReceivedTooLate"],
};
