import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { INSURER_REASON_TEXTS } from "../advantage/insurer-reason-texts.ts";
import { listShownAdvantages, readAdvantagesKnownAt, type ShownAdvantage } from "../advantage/social-advantages.ts";
import { insertAuditEvent } from "../audit/audit-event.ts";
import type { TransactionSql } from "../database/sql.ts";
import type { Language } from "../findings/language.ts";
import { renderStatusXml, type StatusEntry, type StatusFileKind } from "../formats/status/render-status-xml.ts";
import type { AccountInsurer, SftpAccount } from "./accounts.ts";
import { insertAnswer } from "./answers.ts";
import type { Exchange } from "./exchange.ts";

const PAGE_ENTRIES = 2_000;
/** Rendered without a pause: requests that come meanwhile wait for so many. */
const ENTRIES_AT_ONCE = 250;

export interface SnapshotRequest {
  readonly insurerId: number;
  readonly accountName: string;
  /** `yyyy-mm-dd`. */
  readonly day: string;
}

/** Has everything written to OUT in a file of its own, soon. Asked again on the same day: the same file again. */
export async function requestSnapshot(
  tx: TransactionSql,
  { insurerId, accountName, day }: SnapshotRequest,
): Promise<void> {
  const { count } = await tx`
    insert into status_file (insurer_id, account_name, day, kind) values (${insurerId}, ${accountName}, ${day}, 'snapshot')
    on conflict do nothing`;
  if (count > 0) return;
  await tx`
    update exchange_answer a set published_at = null, fetched_at = null, noticed_at = null, removed_at = null
    from status_file f
    where f.insurer_id = ${insurerId} and f.account_name = ${accountName} and f.day = ${day} and f.kind = 'snapshot'
      and a.insurer_id = f.insurer_id and a.answer_id = f.answer_id`;
}

/**
 * Decides the files of clients' status (FO.STAT) that are due for an account and one of its insurers: the changes of the
 * day, once, and a snapshot that was asked for. Answers how many. Whatever else runs, a file is decided once.
 */
export async function decideStatusFiles(
  exchange: Exchange,
  account: SftpAccount,
  insurer: AccountInsurer,
): Promise<number> {
  const { insurerId } = insurer;
  const { accountName } = account;
  const today = await exchange.intake.clock.todayOf(insurerId);
  return await exchange.intake.database.asInsurer(insurerId).run(async (tx) => {
    // One day after the other, also where the clock of validation was set back.
    await tx`
      insert into status_file (insurer_id, account_name, day, kind)
      select ${insurerId}, ${accountName}, ${today}, 'changes' where not exists (
        select from status_file where insurer_id = ${insurerId} and account_name = ${accountName} and kind = 'changes'
          and day >= ${today})
      on conflict do nothing`;
    const due = await tx<DueFile[]>`
      select day, kind from status_file
      where insurer_id = ${insurerId} and account_name = ${accountName} and known_at is null
      order by day, kind for update`;
    let decided = 0;
    for (const file of due) decided += await decideStatusFile(exchange, account, insurer, tx, file);
    return decided;
  });
}

interface DueFile {
  readonly day: string;
  readonly kind: StatusFileKind;
}

async function decideStatusFile(
  exchange: Exchange,
  account: SftpAccount,
  { insurerId, enterpriseNumber }: AccountInsurer,
  tx: TransactionSql,
  { day, kind }: DueFile,
): Promise<number> {
  const { accountName, language } = account;
  const knownAt = await readAdvantagesKnownAt(tx, insurerId);
  const knownAfter = kind === "changes" ? await readLastKnownAt(tx, insurerId, accountName) : undefined;
  const isEmpty = kind === "changes" && knownAt <= (knownAfter ?? new Date(0));
  const letter = exchange.intake.environmentName === "production" ? "R" : "S";
  const head = {
    ...({ insurer: enterpriseNumber, environment: letter, kind, day, language } as const),
    ...(knownAfter && { knownAfter: knownAfter.toISOString() }),
    knownAt: knownAt.toISOString(),
  };
  const pages = iterateEntries(exchange, account, tx, { insurerId, knownAfter, knownAt });
  const content = Readable.from(toBytes(renderStatusXml(head, pages)), { objectMode: false });
  const subject = {
    insurerId,
    enterpriseNumber,
    accountName,
    day: await exchange.intake.clock.todayOf(insurerId),
    letter,
    code: "STAT",
  } as const;
  const answer = isEmpty
    ? undefined
    : await insertAnswer(tx, { ...subject, answeredName: `${kind} ${day}`, reportDue: false }, content);
  await tx`
    update status_file set known_at = ${knownAt}, answer_id = ${answer?.answerId ?? null}
    where insurer_id = ${insurerId} and account_name = ${accountName} and day = ${day} and kind = ${kind}`;
  return answer ? 1 : 0;
}

async function readLastKnownAt(tx: TransactionSql, insurerId: number, accountName: string): Promise<Date | undefined> {
  const [last] = await tx<{ knownAt: Date | null }[]>`
    select max(known_at) as "knownAt" from status_file
    where insurer_id = ${insurerId} and account_name = ${accountName} and kind = 'changes'`;
  return last?.knownAt ?? undefined;
}

interface Moment {
  readonly insurerId: number;
  readonly knownAfter: Date | undefined;
  readonly knownAt: Date;
}

/** Page by page on the caller's connection; whom a page names is on record with it. */
async function* iterateEntries(
  { persons }: Exchange,
  { clientId, language }: SftpAccount,
  tx: TransactionSql,
  { insurerId, knownAfter, knownAt }: Moment,
): AsyncGenerator<readonly StatusEntry[]> {
  for (let after: string | undefined; ; ) {
    const page = { knownAt, limit: PAGE_ENTRIES, ...(after !== undefined && { after }) };
    const shown = await listShownAdvantages(tx, insurerId, knownAfter, page);
    if (shown.length === 0) return;
    const named = [...new Set(shown.map(({ inamiRoot }) => inamiRoot))].map((root) => persons.hashInamiNumber(root));
    const event = { kind: "read" as const, insurerId, clientId, method: "SFTP", route: "STAT", status: 200 };
    await insertAuditEvent(tx, { ...event, persons: named });
    for (let begin = 0; begin < shown.length; begin += ENTRIES_AT_ONCE) {
      yield shown.slice(begin, begin + ENTRIES_AT_ONCE).map((advantage) => toEntry(advantage, language));
      await nextTurn();
    }
    after = shown.at(-1)!.socialAdvantageId;
  }
}

function toEntry(advantage: ShownAdvantage, language: Language): StatusEntry {
  const { socialAdvantageId, contractId, contractNumber, inamiRoot, premiumYear, changedAt, simulated } = advantage;
  const { state, outcome, amountCents, paidCents, paidOn, nextStep, nextStepOn, reasons } = advantage;
  return {
    ...{ socialAdvantageId, contractId, contractNumber, inamiRoot, premiumYear },
    ...(state !== null && outcome !== null && { state, outcome }),
    ...(amountCents !== null && { amountCents }),
    ...(paidCents !== null && paidOn !== null && { payment: { amountCents: paidCents, paidOn } }),
    ...(nextStep !== null && nextStepOn !== null && { nextStep: { step: nextStep, on: nextStepOn } }),
    reasons: reasons.map((code) => ({ code, text: INSURER_REASON_TEXTS[code][language] })),
    changedAt: changedAt.toISOString(),
    ...(simulated && { simulated }),
  };
}

async function* toBytes(parts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const part of parts) yield Buffer.from(part);
}
