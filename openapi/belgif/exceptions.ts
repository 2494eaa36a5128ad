/** Where a rule does not hold for this API, and why. One that nothing needs any more is a fault itself. */
export interface Exception {
  readonly rule: string;
  /** JSON pointer of what the rule finds; `*` stands for whatever leads there. */
  readonly pointer: string;
  readonly reason: string;
}

const WELL_KNOWN = "RFC 8615 and RFC 7517 say how the key set of a service is called.";
const JWKS = "#/paths/~1.well-known~1jwks.json";

export const EXCEPTIONS: readonly Exception[] = [
  { rule: "uri-notat", pointer: JWKS, reason: WELL_KNOWN },
  { rule: "uri-extens", pointer: JWKS, reason: WELL_KNOWN },
  {
    rule: "cod-design",
    pointer: "*/properties/environment/enum",
    reason: "The letters R, S and T of the file names, as the batch conventions of the social security have them.",
  },
  {
    rule: "cod-design",
    pointer: "#/paths/~1submissions~1{submissionId}~1answers*/properties/code/enum",
    reason: "The file names of the SFTP door, as the batch conventions have them.",
  },
  {
    rule: "cod-design",
    pointer: "#/paths/~1simulations~1answerFaults/*/properties/code/enum",
    reason: "The file names of the SFTP door, as the batch conventions have them.",
  },
  {
    rule: "cod-design",
    pointer: "#/paths/~1health/*/properties/status/enum",
    reason: "UP and DOWN are what the guide's own health component says (health.adoc).",
  },
  {
    rule: "cod-design",
    pointer: "*/properties/scopes/items/enum",
    reason: "OAuth scopes of the institute's access management, which are named by its own convention.",
  },
  {
    rule: "cod-design",
    pointer: "#/paths/~1operator~1premiumYears*/properties/files/items/properties/name/enum",
    reason: "Names of files, as operators have them on disk.",
  },
  {
    rule: "cod-design",
    pointer: "#/paths/~1operator~1facts~1{fileId}~1findings/*/properties/code/enum",
    reason: "`notAFact` is lowerCamelCase with a word of one letter; the code is published and stored.",
  },
];
