import type { PersonHasher, PersonNumbers } from "../audit/person-hash.ts";
import type { Sql, TransactionSql } from "../database/sql.ts";
import { isInamiNumber } from "../identifiers/inami-number.ts";
import { isSsin } from "../identifiers/ssin.ts";

/** Persons as the institute names them: by their ids, or by numbers. */
export interface NamedPersons extends PersonNumbers {
  readonly personIds?: readonly string[];
}

/** Keyed hashes of every number of the persons, for the audit trail. */
export async function hashPersons(
  sql: Sql | TransactionSql,
  hasher: PersonHasher,
  { personIds = [], ssins = [], inamiNumbers = [] }: NamedPersons,
): Promise<Buffer[]> {
  const held =
    personIds.length === 0
      ? []
      : await sql<{ number: string }[]>`
          select ssin as number from person_ssin where person_id = any(${[...personIds]}::uuid[])
          union all
          select inami_root from person_number where person_id = any(${[...personIds]}::uuid[])`;
  const numbers = held.map(({ number }) => number);
  return hasher.hashPerson({
    ssins: [...ssins, ...numbers].filter(isSsin),
    inamiNumbers: [...inamiNumbers, ...numbers].filter((one) => isInamiNumber(one)),
  });
}
