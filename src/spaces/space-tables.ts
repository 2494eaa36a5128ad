import { sql } from "drizzle-orm";
import {
  check,
  date,
  index,
  integer,
  pgTable,
  smallint,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytes, identifier } from "../database/column-types.ts";
import { client, insurer } from "../identity/identity-tables.ts";

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** Who admitted itself to validation: one client, which keeps its id and its keys through every reset. */
export const spaceAccount = pgTable(
  "space_account",
  {
    accountId: uuid("account_id").primaryKey().default(sql`uuidv7()`),
    clientId: identifier("client_id")
      .notNull()
      .references(() => client.clientId),
    name: text("name").notNull(),
    /** Whom to write to about it, an address for mail. */
    contact: text("contact"),
    /** SHA-256 of the public key (SPKI, DER) with which it asked: who asks with it again renews this account. */
    keyThumbprint: bytes("key_thumbprint").notNull(),
    madeAt: instant("made_at").notNull().default(sql`clock_timestamp()`),
    expiresAt: instant("expires_at").notNull(),
    /** Ended by an operator, or expired and cleaned up: it is not renewed any more. */
    endedAt: instant("ended_at"),
  },
  (table) => [
    uniqueIndex("space_account_client").on(table.clientId),
    uniqueIndex("space_account_key").on(table.keyThumbprint).where(sql`${table.endedAt} is null`),
    index("space_account_living").on(table.expiresAt).where(sql`${table.endedAt} is null`),
    check("space_account_key_thumbprint", sql`octet_length(${table.keyThumbprint}) = 32`),
  ],
);

/** An insurer that is one account's own, with numbers and a day of its own. A reset ends it and makes another. */
export const space = pgTable(
  "space",
  {
    insurerId: integer("insurer_id")
      .primaryKey()
      .references(() => insurer.insurerId),
    accountId: uuid("account_id")
      .notNull()
      .references(() => spaceAccount.accountId),
    /** Three digits of its synthetic numbers (src/spaces/numbers): nobody else's while its rows are there. */
    numberGroup: smallint("number_group").notNull(),
    /** Its business day is the real one and so many calendar days. */
    businessDaysAhead: integer("business_days_ahead").notNull().default(0),
    /** The business day that its dossiers and what is seen of them stand at; absent: the real one. */
    followedOn: date("followed_on"),
    madeAt: instant("made_at").notNull().default(sql`clock_timestamp()`),
    /** Nobody acts for it any more. */
    endedAt: instant("ended_at"),
    /** Its rows are removed and its group is free for another. */
    removedAt: instant("removed_at"),
  },
  (table) => [
    uniqueIndex("space_number_group").on(table.numberGroup).where(sql`${table.removedAt} is null`),
    uniqueIndex("space_living").on(table.accountId).where(sql`${table.endedAt} is null`),
    index("space_account_id").on(table.accountId),
    check("space_number_group_range", sql`${table.numberGroup} between 1 and 999`),
    check("space_removed_once_ended", sql`${table.removedAt} is null or ${table.endedAt} is not null`),
  ],
);
