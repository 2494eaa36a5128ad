import type { PendingQuery, Row } from "postgres";
import type { Sql, TransactionSql } from "../database/sql.ts";
import type { ContractKind } from "../formats/contract-file/contract-file-vocabulary.ts";
import type { ContractPeriod } from "./contract-history.ts";

type Fragment = PendingQuery<Row[]>;
/** Composes queries, sends none. */
export type Composer = Sql | TransactionSql;

/**
 * A column made of the versions `v`, the `periodLines` of a `ListedContract`. What is known of a period needs no escapes,
 * for it was checked before it was kept. Text put together takes the server less than objects of `jsonb` or arrays of `json`, sorting as much as all of it.
 */
export function tellPeriods(sql: Composer): Fragment {
  return sql`string_agg('{"validFrom":"' || v.valid_from || coalesce('","validUntil":"' || (v.valid_before - 1), '')
    || '","inamiNumber":"' || v.inami_number || '","contractKind":"' || v.contract_kind
    || coalesce('","ssin":"' || v.ssin, '') || case when v.solidarity then '","solidarity":true' else '","solidarity":false' end
    || coalesce(',"language":"' || v.language || '"', '')
    || coalesce(',"paymentReference":"' || v.payment_reference || '"}', '}'), E'\\n') as "periodLines"`;
}

/** Another one: the periods as values, `packedPeriods`, in the order of their days: for `readPeriods`. */
export function packPeriods(sql: Composer): Fragment {
  return sql`json_agg(json_build_array(v.valid_from, v.valid_before, v.inami_number, v.contract_kind, v.ssin, v.solidarity,
    v.language, v.payment_reference) order by v.valid_from)::text as "packedPeriods"`;
}

/** In the order in which the query builds them. */
type PeriodValues = readonly [
  validFrom: string,
  validBefore: string | null,
  inamiNumber: string,
  contractKind: ContractKind,
  ssin: string | null,
  solidarity: boolean,
  language: ContractPeriod["language"],
  paymentReference: string | null,
];

/** Reads what `packPeriods` put together. */
export function readPeriods(packed: string): ContractPeriod[] {
  return (JSON.parse(packed) as PeriodValues[]).map((values) => {
    const [validFrom, validBefore, inamiNumber, contractKind, ssin, solidarity, language, paymentReference] = values;
    return { validFrom, validBefore, inamiNumber, contractKind, ssin, solidarity, language, paymentReference };
  });
}
