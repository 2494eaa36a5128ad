import type { PersonHasher } from "../audit/person-hash.ts";
import type { Finding } from "../findings/finding.ts";
import { isInamiNumber } from "../identifiers/inami-number.ts";
import { isSsin } from "../identifiers/ssin.ts";

// Whom answers about records name, as keyed hashes, each once. What is no number of a person is none that anybody could ask for.

/** Of results: the persons whose numbers findings quote. */
export function listNamedInResults(
  persons: PersonHasher,
  results: readonly { readonly findings: readonly Finding[] }[],
): Buffer[] {
  const quoted = results.flatMap(({ findings }) => findings.map(({ field, value = "" }) => [field, value] as const));
  return hashFields(persons, quoted);
}

const PERSON_FIELD = /<(?:[\w.-]+:)?(ssin|inamiNumber)(?:\s[^<>]*)?>([^<]*)</g;

/** Of whole records as they were sent. */
export function listNamedInRecords(persons: PersonHasher, xml: string): Buffer[] {
  return hashFields(
    persons,
    [...xml.matchAll(PERSON_FIELD)].map(([, field, value = ""]) => [field, value.trim()] as const),
  );
}

function hashFields(persons: PersonHasher, fields: readonly (readonly [string | undefined, string])[]): Buffer[] {
  const valuesOf = (name: string) => fields.flatMap(([field, value]) => (field === name ? [value] : []));
  return persons.hashPerson({
    ssins: valuesOf("ssin").filter((value) => isSsin(value)),
    inamiNumbers: valuesOf("inamiNumber").filter((value) => isInamiNumber(value)),
  });
}
