import type { Sql, TransactionSql } from "../database/sql.ts";
import type { Actor } from "../identity/registry-error.ts";
import { type OperatorChange, OperatorError } from "./operator-change.ts";

/** What operators see of an answer: never what it says. */
export interface AnswerRow {
  readonly answerId: string;
  readonly fileName: string;
  /** The file in IN that it answers. */
  readonly answeredName: string;
  readonly submissionId: string | null;
  /** `due`: to be written to OUT. `removed`: nobody fetched it in time. */
  readonly state: "due" | "waiting" | "fetched" | "removed";
  readonly createdAt: Date;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Newest first. */
export async function listAnswers(
  sql: Sql,
  { accountName, limit }: { accountName: string; limit: number },
): Promise<AnswerRow[]> {
  return await sql<AnswerRow[]>`
    select answer_id as "answerId", file_name as "fileName", answered_name as "answeredName",
      submission_id as "submissionId", created_at as "createdAt",
      case when removed_at is not null then 'removed' when fetched_at is not null then 'fetched'
        when published_at is not null then 'waiting' else 'due' end as state
    from exchange_answer where account_name = ${accountName} order by answer_id desc limit ${limit}`;
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
  if (!row) throw new OperatorError("answerNotFound", "There is no answer with that id.");
  const { insurerId, accountName, fileName } = row;
  return {
    act: "answerPublished",
    actor,
    insurerId,
    details: { answerId: answerId.toLowerCase(), accountName, fileName },
  };
}
