import type { PersonHasher } from "../audit/person-hash.ts";
import type { AnsweredRow } from "../formats/verification/verification-answer.ts";
import { isInamiNumber } from "../identifiers/inami-number.ts";
import { isSsin } from "../identifiers/ssin.ts";

/** Keyed hashes of the persons about whom rows ask or tell, each once: also where the answer is that nobody is known. */
export function listNamedPersons(persons: PersonHasher, rows: readonly AnsweredRow[]): Buffer[] {
  const ssins = new Set<string>();
  const inamiNumbers = new Set<string>();
  for (const { number, inamiNumbers: held, replacedBy } of rows) {
    for (const one of [number, ...(held ?? []), ...(replacedBy === null ? [] : [replacedBy])]) {
      if (isSsin(one)) ssins.add(one);
      if (isInamiNumber(one)) inamiNumbers.add(one);
    }
  }
  return persons.hashPerson({ ssins: [...ssins], inamiNumbers: [...inamiNumbers] });
}
