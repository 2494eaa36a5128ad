import { createHash } from "node:crypto";
import { CONTRACT_FILE_NAMESPACE } from "../../src/formats/contract-file/contract-file-vocabulary.ts";
import { PROVIDERS } from "./test-register.ts";

/** Values of a record's fields; undefined leaves a field out. */
export type Fields = Readonly<Record<string, string | undefined>>;

export const GOOD_FIELDS: Fields = {
  contractNumber: "C-1",
  inamiNumber: PROVIDERS.current.inamiNumber,
  startOn: "2019-03-01",
  contractKind: "socialPlci",
  solidarity: "true",
};

/** A record as it stands in a file: a good `new` one but for the fields given. */
export function composeRecord(senderReference: string, fields: Fields = {}, action = "new"): string {
  const values = action === "new" ? { ...GOOD_FIELDS, ...fields } : fields;
  const elements = Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<${name}>${value}</${name}>`);
  return `  <record senderReference="${senderReference}"><${action}>${elements.join("")}</${action}></record>\n`;
}

export interface FileParts {
  readonly sender: string;
  readonly reference: string;
  readonly records?: readonly string[];
  readonly environment?: string;
  readonly kind?: string;
  readonly complete?: boolean;
  /** Instead of the true number. */
  readonly recordCount?: number;
  /** More attributes of the root, as written. */
  readonly attributes?: string;
}

/** An initial load of one good record, but for the parts given. */
export function composeFile(parts: FileParts): string {
  const { sender, reference, records = [composeRecord("R-1")], environment = "S", kind = "initialLoad" } = parts;
  const complete = parts.complete === undefined ? "" : ` complete="${parts.complete}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<contractFile xmlns="${CONTRACT_FILE_NAMESPACE}" sender="${sender}" reference="${reference}" environment="${environment}" kind="${kind}"
  createdAt="2026-11-22T10:00:00+01:00" recordCount="${parts.recordCount ?? records.length}"${complete}${parts.attributes ?? ""}>
${records.join("")}</contractFile>
`;
}

/** Good records under contract numbers and sender references of their own. */
export function composeRecords(count: number, prefix = "C", fields: Fields = {}): string[] {
  return Array.from({ length: count }, (_, index) =>
    composeRecord(`${prefix}-R-${index + 1}`, { contractNumber: `${prefix}-${index + 1}`, ...fields }),
  );
}

const NOISE_DIGESTS = 700;

/** Comments of some 30 KB each that do not compress well: a small file with them fills several stored chunks. */
export function composeNoise(count: number): string[] {
  return Array.from({ length: count }, (_, comment) => {
    const digests = Array.from({ length: NOISE_DIGESTS }, (_, index) =>
      createHash("sha256").update(`${comment}/${index}`).digest("base64"),
    );
    return `<!--${digests.join("")}-->\n`;
  });
}
