import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  ACTION_FIELDS,
  CONTRACT_FILE_NAMESPACE,
  type RecordAction,
  type RecordField,
} from "../../src/formats/contract-file/contract-file-vocabulary.ts";
import { withClient } from "../bench-database.ts";
import { BenchError } from "../bench-error.ts";
import { BENCH_FOLDER } from "../prepared-files.ts";
import type { SentFile } from "../submission-client.ts";

/** Of a hundred records. Few enough contracts end that no store of ten thousand takes it for a mass change. */
const SHARES = { modify: 62, backDated: 8, new: 14, close: 6, reopen: 2, cancel: 2, unchanged: 6 } as const;
type Way = keyof typeof SHARES;

export interface DeltaFile extends SentFile {
  readonly folder: string;
}

interface HeldContract {
  readonly contractNumber: string;
  readonly inamiRoot: string;
  readonly contractKind: string;
  readonly ssin: string | null;
  readonly solidarity: boolean;
  readonly language: string | null;
  readonly paymentReference: string | null;
  /** Where its periods begin, the last first. */
  readonly beginnings: readonly string[];
}

interface ComposedRecord {
  readonly way: Way;
  readonly action: RecordAction;
  readonly senderReference: string;
  readonly values: Partial<Record<RecordField, string | null>>;
  readonly isWarned: boolean;
}

/** The next delta of a prepared history: what a month brings, of contracts all over the store. Nothing in it is rejected. It is kept below the name of the store. */
export async function composeDelta(url: string, storeName: string, records: number): Promise<DeltaFile> {
  const { sequence, open, ended } = await readHeld(url, records);
  const composed = Array.from({ length: records }, (_, index) => {
    const way = wayOf(index);
    const contract = (way === "reopen" ? ended : open).pop();
    if (!contract) throw new BenchError("The store holds too few contracts for such a delta.");
    return composeRecord(way, contract, index + 1);
  });
  const folder = join(BENCH_FOLDER, "delta", storeName);
  await mkdir(folder, { recursive: true });
  const contractFile = join(folder, "delta.xml");
  const content = Buffer.from(renderFile(sequence, composed));
  await writeFile(contractFile, content);
  await writeFile(join(folder, "staged.csv"), composed.map(renderRow).join(""));
  const count = (holds: (record: ComposedRecord) => boolean) => composed.filter(holds).length;
  return {
    folder,
    contractFile,
    records,
    acceptedWithWarnings: count(({ isWarned }) => isWarned),
    unchanged: count(({ way }) => way === "unchanged"),
    byteLength: content.length,
    sha256: createHash("sha256").update(content).digest(),
  };
}

/** The ways take turns as their shares say, so that each is spread over the file. */
function wayOf(index: number): Way {
  let place = (index * 37) % 100;
  for (const [way, share] of Object.entries(SHARES)) {
    if (place < share) return way as Way;
    place -= share;
  }
  throw new RangeError("the shares of a delta are not a hundred");
}

/** Contracts by a chance that is the same each time, those that have ended apart. */
async function readHeld(url: string, records: number) {
  return await withClient(url, async (sql) => {
    const draw = async (isEnded: boolean) => [
      ...(await sql<HeldContract[]>`
        select c.contract_number as "contractNumber", c.inami_root as "inamiRoot", known.* from (
          select insurer_id, contract_id from contract_version
          where superseded_at is null and valid_before is null and (end_on is not null) = ${isEnded}
          order by hashtextextended(contract_id::text, 1) limit ${records}) drawn
        join contract c using (insurer_id, contract_id)
        cross join lateral (
          select contract_kind as "contractKind", ssin, solidarity, language, payment_reference as "paymentReference",
            array_agg(valid_from::text) over (order by valid_from desc rows between unbounded preceding and unbounded following)
              as beginnings
          from contract_version v
          where v.insurer_id = c.insurer_id and v.contract_id = c.contract_id and superseded_at is null
          order by valid_from desc limit 1) known
        order by contract_id`),
    ];
    const [last] = await sql<{ sequence: number }[]>`select max(sequence) as sequence from submission`;
    return { sequence: last!.sequence + 1, open: await draw(false), ended: await draw(true) };
  });
}

function composeRecord(way: Way, contract: HeldContract, recordNumber: number): ComposedRecord {
  const action = way === "backDated" || way === "unchanged" ? "modify" : way;
  const lastsReplaced = recordNumber % 2 === 0 ? 1 : FAR_BACK;
  const replacedFrom = way === "backDated" ? contract.beginnings.slice(0, -1)[lastsReplaced - 1] : undefined;
  const isFresh = way !== "unchanged" && way !== "new";
  const { contractNumber, contractKind, ssin, language, paymentReference } = contract;
  const said = {
    contractNumber: way === "new" ? `NEW-${recordNumber}` : contractNumber,
    inamiNumber: contract.inamiRoot,
    startOn: "2026-11-01",
    effectiveOn: replacedFrom === undefined ? EFFECTIVE_ON : dayBefore(replacedFrom),
    contractKind,
    ssin,
    solidarity: String(contract.solidarity !== isFresh),
    language,
    paymentReference,
    endOn: way === "close" ? "2026-12-31" : null,
    reason: REASONS[action] ?? null,
  };
  const values = Object.fromEntries(ACTION_FIELDS[action].map((field) => [field, said[field]]));
  return { way, action, senderReference: `D-${recordNumber}`, values, isWarned: replacedFrom !== undefined };
}

/** As many periods at the end of a contract give way to every second record that is back-dated; one to the others. */
const FAR_BACK = 3;
const EFFECTIVE_ON = "2026-11-15";
const REASONS: Partial<Record<RecordAction, string>> = {
  close: "terminated",
  reopen: "by mistake",
  cancel: "in error",
};

function dayBefore(day: string): string {
  return Temporal.PlainDate.from(day).subtract({ days: 1 }).toString();
}

function renderFile(sequence: number, records: readonly ComposedRecord[]): string {
  const body = records.map(({ action, senderReference, values }) => {
    const fields = Object.entries(values).filter(([, value]) => value !== null);
    const elements = fields.map(([name, value]) => `      <${name}>${value}</${name}>\n`);
    return `  <record senderReference="${senderReference}">\n    <${action}>\n${elements.join("")}    </${action}>\n  </record>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<contractFile xmlns="${CONTRACT_FILE_NAMESPACE}" sender="0403019261" reference="DELTA-${sequence}" environment="S" kind="delta"
              sequence="${sequence}" createdAt="2026-11-22T10:00:00+01:00" recordCount="${records.length}">
${body.join("")}</contractFile>
`;
}

/** A row of what the floor stages; no value needs quotes in CSV. */
function renderRow({ action, senderReference, values }: ComposedRecord, index: number): string {
  const { startOn, effectiveOn, ...rest } = values;
  const fields = [
    "contractNumber",
    "inamiNumber",
    "contractKind",
    "ssin",
    "solidarity",
    "language",
    "paymentReference",
  ];
  const texts = [...fields, "endOn", "reason"].map((name) => (rest as Record<string, string | null>)[name] ?? "");
  return `${[index + 1, senderReference, action, startOn ?? effectiveOn ?? "", ...texts].join()}\n`;
}
