import { Type } from "typebox";
import type { Language } from "../findings/language.ts";
import type { Readiness } from "../readiness/compute-readiness.ts";
import { READINESS_ITEMS, READINESS_TEXTS } from "../readiness/readiness-items.ts";
import { oneOf } from "./schema-parts.ts";

const ReadinessLine = Type.Object(
  {
    item: oneOf(READINESS_ITEMS),
    fulfilled: Type.Boolean(),
    missing: Type.Optional(
      Type.Array(Type.String(), { description: "What is left of an item with several parts: doors, actions, codes." }),
    ),
    percent: Type.Optional(Type.Number({ description: "Of `errorsFew`: records rejected, in percent of those sent." })),
    maximumPercent: Type.Optional(Type.Number({ description: "Of `errorsFew`: the limit." })),
    text: Type.String({ description: "What is to be done, in the language of Content-Language." }),
  },
  { title: "ReadinessLine" },
);

/** Fields of a checklist, for the answers that hold one. */
export const READINESS_FIELDS = {
  ready: Type.Boolean({ description: "Every item is fulfilled." }),
  checklist: Type.Array(ReadinessLine),
  statement: Type.Optional(
    Type.String({
      description:
        "Where `ready`: the statement that operators of production import, good for 30 days. Compact JWS, signed with a key of " +
        "`/.well-known/jwks.json`.",
    }),
  ),
};

export const EXAMPLE_READINESS: Readiness = {
  ready: false,
  lines: [
    { item: "connectionTested", fulfilled: true, missing: [] },
    { item: "actionsUsed", fulfilled: false, missing: ["reopen"] },
    { item: "errorsFew", fulfilled: true, missing: [], percent: 2.5, maximumPercent: 10 },
  ],
};

export function viewReadiness({ ready, lines }: Readiness, language: Language, statement?: string) {
  return {
    ready,
    checklist: lines.map(({ missing, ...line }) => ({
      ...line,
      ...(missing.length > 0 && { missing: [...missing] }),
      text: READINESS_TEXTS[line.item][language],
    })),
    ...(statement !== undefined && { statement }),
  };
}
