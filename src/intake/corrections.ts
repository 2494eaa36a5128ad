import type { Tenant } from "../database/tenant-scope.ts";
import type { Finding } from "../findings/finding.ts";
import type { Language } from "../findings/language.ts";
import { renderFindingText } from "../findings/render-finding.ts";
import type { ContractFileRoot } from "../formats/contract-file/contract-file-reader.ts";
import { readPayload } from "./payload-store.ts";

const REFERENCE_LENGTH = 35;
const TICKET_DIGITS = 8;
/** Of one part of the file, once it holds a record. */
const PART_BYTES = 65_536;

interface RejectedRecord {
  readonly recordNumber: number;
  readonly findings: Finding[];
  readonly byteOffset: number;
  readonly byteLength: number;
}

/**
 * The rejected records of a processed submission as a contract file of their own, cut byte for byte from what was
 * received, each below a comment that says what to mend. Undefined when no record was rejected. The file is one that can
 * be sent once mended: of an initial load that has ended, as of a delta, it is a delta with the next free number. Only the
 * part on its way is in memory; a part holds whole records.
 */
export async function findCorrections(
  tenant: Tenant,
  submissionId: string,
  language: Language,
): Promise<AsyncIterable<Buffer> | undefined> {
  const [row] = await tenant.run(
    (tx) => tx<{ header: ContractFileRoot; rejected: number; nextSequence: number | null }[]>`
    select header, rejected_count as rejected,
      case when kind = 'delta' or i.initial_load_completed_at is not null then (
        select coalesce(max(sequence), 0) + 1 from submission used
        where used.insurer_id = i.insurer_id and used.sequence is not null
          and used.state not in ('refused', 'cancelled', 'tested')) end as "nextSequence"
    from submission join insurer i using (insurer_id)
    where insurer_id = ${tenant.insurerId} and submission_id = ${submissionId} and state = 'processed' and rejected_count > 0
      and kind <> 'inamiVerification'
      and header is not null`,
  );
  if (!row) return undefined;
  const reference = deriveReference(row.header.reference, submissionId);
  return renderCorrections(tenant, submissionId, language, renderRoot(row.header, reference, row));
}

async function* renderCorrections(
  tenant: Tenant,
  submissionId: string,
  language: Language,
  { start, end }: { readonly start: string; readonly end: string },
): AsyncGenerator<Buffer> {
  let part: Buffer[] = [Buffer.from(start)];
  let bytes = 0;
  const slices = createSlicer(readPayload(tenant, submissionId));
  for await (const record of iterateRejected(tenant, submissionId)) {
    const texts = record.findings.map(
      (finding) =>
        `${finding.code}${finding.field ? ` (${finding.field})` : ""}: ${renderFindingText(finding, language)}`,
    );
    part.push(Buffer.from(`  <!-- ${toComment(texts.join("\n       "))} -->\n  `));
    // A copy: a slice would keep the whole piece that it is cut from.
    for await (const slice of slices.cut(record.byteOffset, record.byteLength)) part.push(Buffer.from(slice));
    part.push(Buffer.from("\n"));
    bytes += record.byteLength;
    if (bytes < PART_BYTES) continue;
    yield Buffer.concat(part);
    part = [];
    bytes = 0;
  }
  yield Buffer.concat([...part, Buffer.from(end)]);
}

/**
 * The first reference is used up. The end of the ticket keeps apart corrections of corrections, and of long references
 * that begin alike.
 */
function deriveReference(reference: string, submissionId: string): string {
  const suffix = `-FIX-${submissionId.slice(-TICKET_DIGITS)}`;
  return [...reference].slice(0, REFERENCE_LENGTH - suffix.length).join("") + suffix;
}

/** The root as sent, for the remaining records, under another reference and number. */
function renderRoot(
  header: ContractFileRoot,
  reference: string,
  { rejected, nextSequence }: { readonly rejected: number; readonly nextSequence: number | null },
) {
  const name = header.prefix ? `${header.prefix}:contractFile` : "contractFile";
  const namespaces = Object.entries(header.namespaces).map(
    ([prefix, uri]) => ` ${prefix ? `xmlns:${prefix}` : "xmlns"}="${escapeAttribute(uri)}"`,
  );
  const attributes: Record<string, string> = {
    sender: header.sender,
    reference,
    environment: header.environment,
    kind: nextSequence === null ? header.kind : "delta",
    ...(nextSequence !== null && { sequence: String(nextSequence) }),
    createdAt: header.createdAt,
    recordCount: String(rejected),
  };
  const rendered = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeAttribute(value)}"`);
  return {
    start: `<?xml version="1.0" encoding="UTF-8"?>\n<${name}${namespaces.join("")}${rendered.join("")}>\n`,
    end: `</${name}>\n`,
  };
}

function escapeAttribute(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

/** Two hyphens would end a comment. What texts quote came out of XML, so it holds no character that XML refuses. */
function toComment(text: string): string {
  return text.replace(/-(?=-)/g, "- ").replace(/-$/, "- ");
}

async function* iterateRejected(tenant: Tenant, submissionId: string): AsyncGenerator<RejectedRecord> {
  const PAGE = 500;
  for (let after = 0; ; ) {
    const page = await tenant.run(
      (tx) => tx<RejectedRecord[]>`
      select record_number as "recordNumber", findings, byte_offset as "byteOffset", byte_length as "byteLength"
      from record_result where insurer_id = ${tenant.insurerId} and submission_id = ${submissionId} and outcome = 'rejected'
        and record_number > ${after}
      order by record_number limit ${PAGE}`,
    );
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.recordNumber;
  }
}

/** Cuts ascending ranges out of a stream. */
function createSlicer(stream: AsyncIterable<Buffer>) {
  const pieces = stream[Symbol.asyncIterator]();
  let piece: Buffer = Buffer.alloc(0);
  let pieceOffset = 0;
  return {
    async *cut(byteOffset: number, byteLength: number): AsyncGenerator<Buffer> {
      const end = byteOffset + byteLength;
      for (let at = byteOffset; at < end; ) {
        while (pieceOffset + piece.length <= at) {
          pieceOffset += piece.length;
          const next = await pieces.next();
          if (next.done) throw new Error("the stored payload is shorter than its records");
          piece = next.value;
        }
        const slice = piece.subarray(at - pieceOffset, Math.min(end - pieceOffset, piece.length));
        at += slice.length;
        yield slice;
      }
    },
  };
}
