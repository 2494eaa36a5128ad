import { readFileSync } from "node:fs";
import t from "tap";
import { DOSSIER_STATES } from "../../../src/advantage/dossier-states.ts";
import { INSURER_OUTCOMES } from "../../../src/advantage/insurer-view.ts";
import { INSURER_REASONS } from "../../../src/advantage/reasons.ts";
import { VERIFICATION_ANSWERS } from "../../../src/formats/verification/verification-answer.ts";
import { OUTCOME_NUMBERS } from "../../../src/spaces/numbers/outcome-numbers.ts";
import { renderNumbers } from "../../../src/spaces/numbers/render-numbers.ts";

const PUBLISHED = new URL("../../../docs/integrators/numbers.md", import.meta.url);

t.test("the page of the numbers is what the table says: npm run numbers writes it", async (t) => {
  t.equal(readFileSync(PUBLISHED, "utf8"), renderNumbers());
});

t.test("every state, outcome, reason and answer that an insurer can get has a number", async (t) => {
  const page = renderNumbers();
  for (const word of [...DOSSIER_STATES, ...INSURER_REASONS]) t.match(page, `\`${word}\``, word);
  const advantages = OUTCOME_NUMBERS.flatMap(({ advantage }) => advantage ?? []);
  for (const outcome of INSURER_OUTCOMES)
    t.ok(
      advantages.some((seen) => seen.outcome === outcome),
      outcome,
    );
  for (const reason of INSURER_REASONS.filter((one) => one !== "noContract"))
    t.ok(
      advantages.some(({ reasons }) => reasons.includes(reason)),
      reason,
    );
  for (const answer of VERIFICATION_ANSWERS.filter((one) => one !== "malformed"))
    t.ok(
      OUTCOME_NUMBERS.some(({ verified }) => verified === answer),
      answer,
    );
});
