import type { PendingQuery, Row } from "postgres";
import type { TransactionSql } from "../database/sql.ts";
import { groupDigits, SHARED_GROUP, SYNTHETIC_DIGIT } from "../spaces/numbers/synthetic-number.ts";
import { PORTFOLIO_DIGIT } from "../spaces/portfolio-numbers.ts";

type Fragment = PendingQuery<Row[]>;

/** Who asks, and where: in production no number is anybody's alone. */
export interface Asker {
  readonly insurerId: number;
  readonly environmentName: "validation" | "production";
}

/** Numbers of all groups stand at the end of their order, behind those of professions. */
const FIRST = PORTFOLIO_DIGIT;
const SHARED = `${SYNTHETIC_DIGIT}${groupDigits(SHARED_GROUP)}`;

/**
 * Whether the number with that root is of a space that is another's, or nobody's at the moment: its holders are unknown to
 * this insurer (exchange.md section 8), for a contract of another's would join their dossiers. In the insurer's transaction.
 */
export function isWithheld(tx: TransactionSql, { insurerId, environmentName }: Asker, root: Fragment): Fragment {
  if (environmentName === "production") return tx`false`;
  return tx`(${root} >= ${FIRST} and left(${root}, 4) <> ${SHARED} and coalesce(substr(${root}, 2, 3) <> (
    select lpad(number_group::text, 3, '0') from space where insurer_id = ${insurerId}::int and removed_at is null), true))`;
}
