import type { Finding } from "../findings/finding.ts";
import type { FilePlace } from "../formats/contract-file/file-cursor.ts";

const ROOT_FIELDS: readonly (string | undefined)[] = ["sender", "reference", "environment", "kind", "sequence"];

/** A finding about an attribute of the root gets the place of its start tag, where there is a root; others stay as they are. */
export function placeInRoot(finding: Finding, place: FilePlace | undefined): Finding {
  return ROOT_FIELDS.includes(finding.field) ? { ...finding, ...place } : finding;
}
