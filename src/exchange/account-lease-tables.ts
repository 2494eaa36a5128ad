import { boolean, integer, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { identifier } from "../database/column-types.ts";

const instant = (name: string) => timestamp(name, { withTimezone: true });

/**
 * Which process serves an account, and how that went. Unlogged (drizzle/…_account-lease.sql): nothing here is worth a
 * flush to disk twice a second; after a crash of the database it is empty, and every account is due.
 */
export const sftpAccountLease = pgTable("sftp_account_lease", {
  accountName: identifier("account_name").primaryKey(),
  /** Of the round under way; absent between rounds. */
  claim: uuid("claim"),
  claimedUntil: instant("claimed_until"),
  dueAt: instant("due_at").notNull(),
  /** Rounds in a row that failed. */
  failures: integer("failures").notNull().default(0),
  lastFault: text("last_fault"),
  failingSince: instant("failing_since"),
  /** The last round took long: it has to share with its like. */
  isSlow: boolean("is_slow").notNull().default(false),
  /** When a listing of the account was last seen. */
  lastContactAt: instant("last_contact_at"),
  /** Of the oldest file in IN at that time, by the server's clock. */
  oldestFileAt: instant("oldest_file_at"),
});
