import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  date,
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
import { bytes, identifier, isOneOf, simulated } from "../database/column-types.ts";
import { LANGUAGES } from "../findings/language.ts";
import { ANSWER_CODES } from "../formats/exchange-file-name.ts";
import { STATUS_FILE_KINDS } from "../formats/status/render-status-xml.ts";
import { client, insurer } from "../identity/identity-tables.ts";
import { DROP_STATES, type SeenFile } from "./drop.ts";

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** A client's folders IN and OUT. Its name is the folder's and the user's; its keys are the client's SSH keys. */
export const sftpAccount = pgTable(
  "sftp_account",
  {
    accountName: identifier("account_name").primaryKey(),
    clientId: identifier("client_id")
      .notNull()
      .references(() => client.clientId),
    /** Whether the agreement asks for an FS file beside each FI file. */
    signatureRequired: boolean("signature_required").notNull(),
    /** Of the texts in its reports. */
    language: text("language", { enum: LANGUAGES }).notNull().default("fr"),
    openedAt: instant("opened_at").notNull(),
  },
  (table) => [
    uniqueIndex("sftp_account_client").on(table.clientId),
    check("sftp_account_language", isOneOf(table.language, LANGUAGES)),
    check("sftp_account_name", sql`${table.accountName} ~ '^[a-z0-9][a-z0-9-]{0,31}$'`),
  ],
);

/**
 * What is known of names in IN, from when they are first seen until they have left: it says nothing about what is in
 * the files, so it belongs to the account and not yet to an insurer. What became of a file is in `exchange_answer`.
 */
export const exchangeDrop = pgTable(
  "exchange_drop",
  {
    accountName: identifier("account_name")
      .notNull()
      .references(() => sftpAccount.accountName),
    /** `FI.` and the rest that FI, FS, GO and TD have in common; a name of another form is itself. */
    name: identifier("name").notNull(),
    state: text("state", { enum: DROP_STATES }).notNull(),
    /** The files of that name as they were listed; once settled, those that the outcome covers and that leave IN. */
    seen: jsonb("seen").$type<SeenFile[]>().notNull(),
    firstSeenAt: instant("first_seen_at").notNull(),
    /** When the listing last showed another size, instant or set of files. */
    changedAt: instant("changed_at").notNull(),
    /** Of the FI file that was taken. */
    sha256: bytes("sha256"),
    attempts: integer("attempts").notNull().default(0),
    retryAt: instant("retry_at"),
    /** Why the last attempt failed. */
    trouble: text("trouble"),
  },
  (table) => [
    primaryKey({ columns: [table.accountName, table.name] }),
    check("exchange_drop_state", isOneOf(table.state, DROP_STATES)),
  ],
);

/**
 * An answer for OUT. Number and content are decided once, in the transaction that decides the outcome; publishing it
 * (again) changes neither.
 */
export const exchangeAnswer = pgTable(
  "exchange_answer",
  {
    insurerId: integer("insurer_id")
      .notNull()
      .references(() => insurer.insurerId),
    answerId: uuid("answer_id").notNull().default(sql`uuidv7()`),
    accountName: identifier("account_name").notNull(),
    code: text("code", { enum: ANSWER_CODES }).notNull(),
    /** The day in Brussels and the number on that day that its name carries. */
    day: date("day").notNull(),
    sequence: integer("sequence").notNull(),
    /** `FO.…` as it stands in OUT. */
    fileName: identifier("file_name").notNull(),
    /** Of the file in IN that it answers. */
    answeredName: identifier("answered_name").notNull(),
    /** Absent where nothing was taken. */
    submissionId: uuid("submission_id"),
    byteLength: bigint("byte_length", { mode: "number" }).notNull(),
    /** A report follows when the submission has ended. */
    reportDue: boolean("report_due").notNull(),
    createdAt: instant("created_at").notNull(),
    /** A simulation lost, delayed or doubled it. */
    simulated: simulated(),
    /** It is written to OUT then at the earliest. */
    notBefore: instant("not_before"),
    /** Once fetched it is written there once more. */
    isDoubled: boolean("is_doubled").notNull().default(false),
    /** Since when it is in OUT; absent: it is to be written there. */
    publishedAt: instant("published_at"),
    /** When it was found gone from OUT. */
    fetchedAt: instant("fetched_at"),
    /** The insurer was told that it will be removed. */
    noticedAt: instant("noticed_at"),
    /** When it was removed from OUT because nobody fetched it. */
    removedAt: instant("removed_at"),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.answerId] }),
    uniqueIndex("exchange_answer_file_name").on(table.insurerId, table.accountName, table.fileName),
    uniqueIndex("exchange_answer_sequence").on(table.insurerId, table.accountName, table.day, table.sequence),
    uniqueIndex("exchange_answer_subject")
      .on(table.insurerId, table.submissionId, table.accountName, table.answeredName, table.code)
      .where(sql`${table.submissionId} is not null`),
    index("exchange_answer_open")
      .on(table.insurerId, table.accountName)
      .where(sql`${table.fetchedAt} is null and ${table.removedAt} is null`),
    index("exchange_answer_report_due").on(table.insurerId, table.accountName).where(sql`${table.reportDue}`),
    check("exchange_answer_code", isOneOf(table.code, ANSWER_CODES)),
  ],
);

/** The bytes of an answer, zstd-compressed, cut into chunks. */
export const exchangeAnswerContent = pgTable(
  "exchange_answer_content",
  {
    insurerId: integer("insurer_id").notNull(),
    answerId: uuid("answer_id").notNull(),
    chunkNumber: integer("chunk_number").notNull(),
    bytes: bytes("bytes").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.answerId, table.chunkNumber] }),
    foreignKey({
      name: "exchange_answer_content_answer",
      columns: [table.insurerId, table.answerId],
      foreignColumns: [exchangeAnswer.insurerId, exchangeAnswer.answerId],
    }),
  ],
);

/**
 * Files of clients' status (FO.STAT) of an account: one of a kind for a day, whoever asks. A day on which nothing had
 * changed has a row and no file.
 */
export const statusFile = pgTable(
  "status_file",
  {
    insurerId: integer("insurer_id")
      .notNull()
      .references(() => insurer.insurerId),
    accountName: identifier("account_name").notNull(),
    day: date("day").notNull(),
    kind: text("kind", { enum: STATUS_FILE_KINDS }).notNull(),
    /** Absent until it was decided what is in it. */
    knownAt: instant("known_at"),
    answerId: uuid("answer_id"),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.accountName, table.day, table.kind] }),
    index("status_file_due").on(table.insurerId, table.accountName).where(sql`${table.knownAt} is null`),
    check("status_file_kind", isOneOf(table.kind, STATUS_FILE_KINDS)),
  ],
);
