import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytes, identifier, int4Array, isOneOf, textArray } from "../database/column-types.ts";
import type { Finding } from "../findings/finding.ts";
import { insurer } from "../identity/identity-tables.ts";
import { DRY_RUN_EFFECTS, type DryRunCounts } from "./dry-run.ts";
import type { MassChange } from "./mass-change.ts";
import type { RecordCallResult } from "./record-call.ts";
import type { SubmissionHeader } from "./root-peek.ts";
import {
  CHANNELS,
  ENVIRONMENT_LETTERS,
  HELD_REASONS,
  RECORD_OUTCOMES,
  SUBMISSION_KINDS,
  SUBMISSION_STATES,
} from "./submission.ts";

export const submission = pgTable(
  "submission",
  {
    insurerId: integer("insurer_id")
      .notNull()
      .references(() => insurer.insurerId),
    submissionId: uuid("submission_id").notNull(),
    channel: text("channel", { enum: CHANNELS }).notNull(),
    /** The name under which the file came, where it has one. */
    fileName: text("file_name"),
    state: text("state", { enum: SUBMISSION_STATES }).notNull(),
    reference: identifier("reference"),
    environment: text("environment", { enum: ENVIRONMENT_LETTERS }),
    kind: text("kind", { enum: SUBMISSION_KINDS }),
    /** Place of a delta among the insurer's deltas, over both doors. */
    sequence: integer("sequence"),
    /** What a held submission waits for. */
    heldReason: text("held_reason", { enum: HELD_REASONS }),
    /** When the patience with a gap in the sequence ends; absent where there is no limit. */
    heldUntil: timestamp("held_until", { withTimezone: true }),
    /** Who handed it over: the id of the client. */
    actor: identifier("actor"),
    /** The root of the file as read at reception; absent while it could not be read. */
    header: jsonb("header").$type<SubmissionHeader>(),
    byteLength: bigint("byte_length", { mode: "number" }).notNull(),
    sha256: bytes("sha256").notNull(),
    /** Hash over the records without the root: finds the same records sent under another reference. */
    recordsSha256: bytes("records_sha256"),
    bytesRead: bigint("bytes_read", { mode: "number" }).notNull().default(0),
    recordsRead: integer("records_read").notNull().default(0),
    acceptedCount: integer("accepted_count"),
    acceptedWithWarningsCount: integer("accepted_with_warnings_count"),
    unchangedCount: integer("unchanged_count"),
    rejectedCount: integer("rejected_count"),
    findings: jsonb("findings").$type<Finding[]>().notNull().default([]),
    receiptJws: text("receipt_jws").notNull(),
    /** Only to learn what it would do: it uses up neither reference nor sequence, which stand in the header alone. */
    dryRun: boolean("dry_run").notNull().default(false),
    dryRunCounts: jsonb("dry_run_counts").$type<DryRunCounts>(),
    /** Of a delta that was held for it: what it would do. Stays when it is released or refused. */
    massChange: jsonb("mass_change").$type<MassChange>(),
    /** The operator who let it run all the same, as the audit trail names one. */
    releasedBy: identifier("released_by"),
    /** What a single call was answered, where this is one: a repetition is answered the same. */
    callResult: jsonb("call_result").$type<RecordCallResult>(),
    /** Times a worker took it up; a result is written only by the attempt that still holds the number. */
    attempts: integer("attempts").notNull().default(0),
    /** A failed attempt is not taken up again before. */
    retryAt: timestamp("retry_at", { withTimezone: true }),
    receivedAt: timestamp("received_at", { withTimezone: true }).notNull(),
    endedAt: timestamp("ended_at", { withTimezone: true }),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.submissionId] }),
    // Refused, cancelled and circuit-test submissions use up no reference (exchange.md section 1).
    uniqueIndex("submission_reference")
      .on(table.insurerId, table.environment, table.reference)
      .where(sql`${table.state} not in ('refused', 'cancelled', 'tested')`),
    // Nor a file name: names carry insurer and environment.
    uniqueIndex("submission_file_name")
      .on(table.insurerId, table.fileName)
      .where(sql`${table.fileName} is not null and ${table.state} not in ('refused', 'cancelled', 'tested')`),
    // Nor the number of a delta.
    uniqueIndex("submission_sequence")
      .on(table.insurerId, table.sequence)
      .where(sql`${table.sequence} is not null and ${table.state} not in ('refused', 'cancelled', 'tested')`),
    index("submission_held").on(table.heldUntil).where(sql`${table.state} = 'held'`),
    index("submission_waiting").on(table.receivedAt).where(sql`${table.state} in ('received', 'processing')`),
    index("submission_records_sha256")
      .on(table.insurerId, table.recordsSha256)
      .where(sql`${table.recordsSha256} is not null`),
    check("submission_channel", isOneOf(table.channel, CHANNELS)),
    check("submission_state", isOneOf(table.state, SUBMISSION_STATES)),
    check("submission_held_reason", isOneOf(table.heldReason, HELD_REASONS)),
    check("submission_held", sql`(${table.state} = 'held') = (${table.heldReason} is not null)`),
    check("submission_environment", isOneOf(table.environment, ENVIRONMENT_LETTERS)),
    check("submission_kind", isOneOf(table.kind, SUBMISSION_KINDS)),
    // Every record of a processed submission has exactly one outcome (exchange.md section 1, guarantee 3).
    check(
      "submission_counts",
      sql`${table.state} <> 'processed' or (${table.recordsRead} = ${table.acceptedCount} + ${table.acceptedWithWarningsCount} + ${table.unchangedCount} + ${table.rejectedCount}) is true`,
    ),
  ],
);

/** The bytes as received, zstd-compressed, cut into chunks. */
export const submissionPayload = pgTable(
  "submission_payload",
  {
    insurerId: integer("insurer_id").notNull(),
    submissionId: uuid("submission_id").notNull(),
    chunkNumber: integer("chunk_number").notNull(),
    bytes: bytes("bytes").notNull(),
  },
  (table) => [primaryKey({ columns: [table.insurerId, table.submissionId, table.chunkNumber] })],
);

/** Outcome of each record that has something to tell: findings of any kind. */
export const recordResult = pgTable(
  "record_result",
  {
    insurerId: integer("insurer_id").notNull(),
    submissionId: uuid("submission_id").notNull(),
    recordNumber: integer("record_number").notNull(),
    senderReference: text("sender_reference"),
    outcome: text("outcome", { enum: RECORD_OUTCOMES }).notNull(),
    findings: jsonb("findings").$type<Finding[]>().notNull(),
    /** Where the record stands in the file as received: the correction file is cut from there. */
    byteOffset: bigint("byte_offset", { mode: "number" }).notNull(),
    byteLength: integer("byte_length").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.submissionId, table.recordNumber] }),
    foreignKey({
      name: "record_result_submission",
      columns: [table.insurerId, table.submissionId],
      foreignColumns: [submission.insurerId, submission.submissionId],
    }),
    check("record_result_outcome", isOneOf(table.outcome, RECORD_OUTCOMES)),
  ],
);

/** What a dry run found: a row for each record, and for each contract that a full file lacks. */
export const dryRunRow = pgTable(
  "dry_run_row",
  {
    insurerId: integer("insurer_id").notNull(),
    submissionId: uuid("submission_id").notNull(),
    rowNumber: integer("row_number").notNull(),
    effect: text("effect", { enum: DRY_RUN_EFFECTS }).notNull(),
    recordNumber: integer("record_number"),
    senderReference: text("sender_reference"),
    contractId: uuid("contract_id"),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.submissionId, table.rowNumber] }),
    foreignKey({
      name: "dry_run_row_submission",
      columns: [table.insurerId, table.submissionId],
      foreignColumns: [submission.insurerId, submission.submissionId],
    }),
    check("dry_run_row_effect", isOneOf(table.effect, DRY_RUN_EFFECTS)),
  ],
);

/** Outcomes of the records that have nothing to tell, a thousand record numbers a row: some twenty bytes a record. */
export const quietResultBlock = pgTable(
  "quiet_result_block",
  {
    insurerId: integer("insurer_id").notNull(),
    submissionId: uuid("submission_id").notNull(),
    outcome: text("outcome", { enum: RECORD_OUTCOMES }).notNull(),
    /** Record number divided by 1,000. */
    blockNumber: integer("block_number").notNull(),
    recordCount: integer("record_count").notNull(),
    recordNumbers: int4Array("record_numbers").notNull(),
    senderReferences: textArray("sender_references").notNull(),
  },
  (table) => [
    primaryKey({
      name: "quiet_result_block_pk",
      columns: [table.insurerId, table.submissionId, table.blockNumber, table.outcome],
    }),
    foreignKey({
      name: "quiet_result_block_submission",
      columns: [table.insurerId, table.submissionId],
      foreignColumns: [submission.insurerId, submission.submissionId],
    }),
    check("quiet_result_block_outcome", isOneOf(table.outcome, RECORD_OUTCOMES)),
  ],
);
