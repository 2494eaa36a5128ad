import t from "tap";
import { DOSSIER_STATES, type DossierState, mayMove } from "../../src/advantage/dossier-states.ts";

/** domain.md section 3, typed by hand. */
const ALLOWED = [
  "open evaluated",
  "open withdrawn",
  "evaluated evaluated",
  "evaluated decided",
  "evaluated withdrawn",
  "decided evaluated",
  "decided toPay",
  "decided contested",
  "toPay evaluated",
  "toPay paid",
  "toPay contested",
  "contested decided",
  "paid contested",
  "paid recovery",
  "paid supplement",
  "recovery settled",
  "supplement settled",
];

t.test("a dossier moves as the table says, and no other way", async (t) => {
  const moves = DOSSIER_STATES.flatMap((from) =>
    DOSSIER_STATES.filter((to) => mayMove(from, to, "toPay")).map((to) => `${from} ${to}`),
  );
  t.strictSame(moves.sort(), ALLOWED.toSorted());
});

t.test("a contest after the payment ends as paid, recovery or supplement", async (t) => {
  const ends = (contestedFrom: DossierState) => DOSSIER_STATES.filter((to) => mayMove("contested", to, contestedFrom));
  t.strictSame(ends("paid"), ["paid", "recovery", "supplement"]);
  t.strictSame(ends("decided"), ["decided"]);
  t.strictSame(ends("toPay"), ["decided"]);
});
