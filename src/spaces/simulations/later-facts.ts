import type { TransactionSql } from "../../database/sql.ts";
import { loadFactFile } from "../../operator/facts.ts";
import { renderLaterFacts } from "../numbers/group-files.ts";
import { SECOND_ACTOR, type SimulatedSpace } from "./simulated-space.ts";

/**
 * What becomes known of some holders of synthetic numbers only once their dossiers are decided, or paid: contests, other
 * activity. Once for a premium year of a space, as a file of facts; what cannot be said of a dossier is left out as there.
 */
export async function addLaterFacts(
  tx: TransactionSql,
  { insurerId, numberGroup, today }: SimulatedSpace,
  after: "decision" | "payment",
  premiumYear: number,
): Promise<boolean> {
  const { name, text } = renderLaterFacts(numberGroup, after, premiumYear, today);
  const [known] = await tx`
    select from fact_file f join space s on s.insurer_id = ${insurerId} where f.name = ${name} and f.loaded_at >= s.made_at`;
  if (known || text === "") return false;
  // The same bytes may have been there for a space that had the group before.
  const body = inOnePiece(`${text}${"\n".repeat((insurerId % 1_000) + 1)}`);
  await loadFactFile(tx, SECOND_ACTOR, { body, name, businessDate: today, amountsAreCents: true });
  return true;
}

async function* inOnePiece(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}
