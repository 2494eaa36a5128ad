import type { Sql, TransactionSql } from "../database/sql.ts";
import { ANSWER_STATE, type AnswerState } from "../exchange/answers.ts";
import { requestSnapshot, type SnapshotRequest } from "../exchange/status-files.ts";
import type { Actor } from "../identity/registry-error.ts";
import { type OperatorChange, OperatorError } from "./operator-change.ts";

/** What operators see of an answer: never what it says. */
export interface AnswerRow {
  readonly answerId: string;
  readonly fileName: string;
  /** The file in IN that it answers. */
  readonly answeredName: string;
  readonly submissionId: string | null;
  readonly state: AnswerState;
  readonly createdAt: Date;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export interface AnswerPage {
  readonly accountName: string;
  /** Only answers decided before this one. */
  readonly before?: string | undefined;
  readonly limit: number;
}

const COLUMNS = `
  answer_id as "answerId", file_name as "fileName", answered_name as "answeredName", submission_id as "submissionId",
  created_at as "createdAt", ${ANSWER_STATE}`;

/** Newest first. */
export async function listAnswers(sql: Sql, { accountName, before, limit }: AnswerPage): Promise<AnswerRow[]> {
  return await sql<AnswerRow[]>`
    select ${sql.unsafe(COLUMNS)} from exchange_answer
    where account_name = ${accountName} ${before === undefined ? sql`` : sql`and answer_id < ${before}`}
    order by answer_id desc limit ${limit}`;
}

/** Throws `OperatorError`. */
export async function getAnswer(sql: Sql, answerId: string): Promise<AnswerRow> {
  const [row] = UUID.test(answerId)
    ? await sql<AnswerRow[]>`select ${sql.unsafe(COLUMNS)} from exchange_answer where answer_id = ${answerId}`
    : [];
  if (!row) throw answerNotFound();
  return row;
}

export function answerNotFound(): OperatorError {
  return new OperatorError("answerNotFound", "There is no answer with that id.");
}

/** Has an answer written to OUT again, whatever became of it: same number, same content. */
export async function publishAgain(
  tx: TransactionSql,
  actor: Actor,
  { answerId }: { answerId: string },
): Promise<OperatorChange> {
  const [row] = UUID.test(answerId)
    ? await tx<{ insurerId: number; accountName: string; fileName: string }[]>`
        update exchange_answer set published_at = null, fetched_at = null, noticed_at = null, removed_at = null
        where answer_id = ${answerId}
        returning insurer_id as "insurerId", account_name as "accountName", file_name as "fileName"`
    : [];
  if (!row) throw answerNotFound();
  const { insurerId, accountName, fileName } = row;
  return {
    act: "answerPublished",
    actor,
    insurerId,
    details: { answerId: answerId.toLowerCase(), accountName, fileName },
  };
}

export interface SnapshotAsked {
  /** Which account: by its name, or as that of a client. */
  readonly accountName?: string;
  readonly clientId?: string;
  readonly enterpriseNumber: string;
  /** Today for an insurer. */
  readonly dayOf: (insurerId: number) => Promise<string>;
}

/** Has the status of all clients of an insurer written to OUT of an account (FO.STAT); soon, once a day. */
export async function requestStatusSnapshot(
  tx: TransactionSql,
  actor: Actor,
  { accountName, clientId, enterpriseNumber, dayOf }: SnapshotAsked,
): Promise<OperatorChange> {
  const [row] = await tx<{ insurerId: number; accountName: string }[]>`
    select insurer_id as "insurerId", account_name as "accountName"
    from sftp_account a join client_grant g using (client_id) join insurer i using (insurer_id)
    where (a.account_name = ${accountName ?? null} or a.client_id = ${clientId ?? null})
      and i.enterprise_number = ${enterpriseNumber} and g.revoked_at is null limit 1`;
  if (!row)
    throw new OperatorError("accountNotFound", "There is no account of that name that may act for the insurer.");
  return await keepSnapshot(tx, actor, { ...row, day: await dayOf(row.insurerId) });
}

async function keepSnapshot(
  tx: TransactionSql,
  actor: Actor,
  { insurerId, accountName, day }: SnapshotRequest,
): Promise<OperatorChange> {
  await requestSnapshot(tx, { insurerId, accountName, day });
  return { act: "statusSnapshotRequested", actor, insurerId, details: { accountName, day } };
}
