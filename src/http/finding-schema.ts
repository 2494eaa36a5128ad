import { Type } from "typebox";
import { FINDING_CODES, type FindingCode } from "../findings/finding-codes.ts";
import { Href, oneOf } from "./schema-parts.ts";

const SEVERITIES = ["blocking", "warning"] as const;
const LEVELS = ["file", "record", "connection"] as const;

export const FINDING_CODE_NAMES = Object.keys(FINDING_CODES) as FindingCode[];

export const FindingDetails = Type.Unsafe<Readonly<Record<string, string | number>>>({
  type: "object",
  description: "What the text quotes, for programs. Names depend on the code.",
  additionalProperties: { anyOf: [{ type: "string" }, { type: "number" }] },
});

export const FindingSchema = Type.Object(
  {
    code: oneOf(FINDING_CODE_NAMES, "Stable; all codes are at /refData/findings."),
    severity: oneOf(
      SEVERITIES,
      "A `blocking` finding rejects the record, refuses the file, or fails the connection test.",
    ),
    number: Type.Optional(
      Type.Integer({ description: "Answer code of the social-security batch conventions, where one exists." }),
    ),
    field: Type.Optional(Type.String({ description: "Path of the field in lowerCamelCase." })),
    value: Type.Optional(Type.String({ description: "What was sent, cut to 100 characters." })),
    recordNumber: Type.Optional(Type.Integer({ minimum: 1, description: "Place of the record in the file, from 1." })),
    senderReference: Type.Optional(Type.String({ description: "The sender's own reference of the record." })),
    line: Type.Optional(Type.Integer({ minimum: 1, description: "Line in the file as sent, from 1." })),
    byteOffset: Type.Optional(Type.Integer({ minimum: 0, description: "Byte in the file as sent, from 0." })),
    details: Type.Optional(FindingDetails),
    text: Type.String({ description: "What is wrong and how to mend it, in the language of Content-Language." }),
  },
  {
    $id: "Finding",
    description: "A statement about what was sent: why a record was rejected or a file refused, or a warning.",
  },
);

export const FindingDefinitionSchema = Type.Object(
  {
    href: Href,
    code: oneOf(FINDING_CODE_NAMES),
    level: oneOf(LEVELS, "Whether it concerns the file as a whole, one record, or a connection under test."),
    severity: oneOf(SEVERITIES),
    number: Type.Optional(
      Type.Integer({ description: "Answer code of the social-security batch conventions, where one exists." }),
    ),
    details: Type.Optional(
      Type.Array(Type.String(), { description: "Names that may stand under `details` of such a finding." }),
    ),
    text: Type.String({
      description: "The text without the values that a finding quotes, in the language of Content-Language.",
    }),
  },
  { $id: "FindingDefinition", description: "One of the findings the gateway can raise." },
);
