import { createReadStream } from "node:fs";
import { basename } from "node:path";
import type { FactReceipt } from "../advantage/facts/fact-files.ts";
import { listFactFindings, type TextedFinding } from "../advantage/facts/fact-files.ts";
import { FactFileError, type FactLoad, loadFacts } from "../advantage/facts/load-facts.ts";
import { loadRulesInForce } from "../advantage/rules-in-force.ts";
import { runTransaction } from "../database/run-transaction.ts";
import type { Sql, TransactionSql } from "../database/sql.ts";
import type { Actor } from "../identity/registry-error.ts";
import { type OperatorChange, OperatorError } from "./operator-change.ts";
import { nameActor } from "./perform-act.ts";

export type FactUpload = Pick<FactLoad, "body" | "name" | "businessDate" | "amountsAreCents" | "only">;

/** What loading a fact file did, with its receipt. */
export interface FactsLoaded extends OperatorChange {
  readonly receipt: FactReceipt;
}

/** Loads a fact file; lines that cannot be are left out and stand in its findings. Throws OperatorError. */
export async function loadFactFile(tx: TransactionSql, actor: Actor, upload: FactUpload): Promise<FactsLoaded> {
  const { years } = await loadRulesInForce(tx);
  const load = { ...upload, years, loadedBy: nameActor(actor), loadedAt: new Date() };
  const receipt = await loadFacts(tx, load).catch((error: unknown) => {
    throw error instanceof FactFileError ? new OperatorError("factFileRefused", error.message) : error;
  });
  const { fileId, sha256, lines, accepted, rejected, findings, changed, persons, isRepeated } = receipt;
  const counts = { lines, accepted, rejected, findings, changed, persons };
  const details = { fileId, sha256, ...counts, repeated: isRepeated ? "yes" : "no" };
  return { act: "factsLoaded", actor, details, receipt };
}

export function readFactFile(path: string): Pick<FactUpload, "body" | "name"> {
  return { body: createReadStream(path), name: basename(path) };
}

export interface FactPreview {
  readonly receipt: FactReceipt;
  /** The first of them. */
  readonly findings: readonly TextedFinding[];
  /** Dossiers of the persons concerned that were decided or paid already, by state. */
  readonly dossiers: readonly { readonly state: string; readonly count: number }[];
}

const SHOWN_FINDINGS = 100;

/** What loading a fact file would do. Writes nothing. */
export async function previewFactFile(institute: Sql, upload: FactUpload): Promise<FactPreview> {
  const undone = new Error("a preview is undone");
  let preview: FactPreview | undefined;
  const rehearse = async (tx: TransactionSql): Promise<never> => {
    const { receipt } = await loadFactFile(tx, { account: "preview" }, upload);
    const findings = await listFactFindings(tx, receipt.fileId, { limit: SHOWN_FINDINGS });
    const dossiers = await tx<{ state: string; count: number }[]>`
      select state, count(*) as count from dossier join changed_person using (person_id)
      where decided_on is not null group by state order by state`;
    preview = { receipt, findings, dossiers };
    throw undone;
  };
  await runTransaction(institute, rehearse).catch((error: unknown) => {
    if (error !== undone) throw error;
  });
  return preview!;
}
