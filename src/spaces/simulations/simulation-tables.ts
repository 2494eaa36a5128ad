import { sql } from "drizzle-orm";
import { check, index, integer, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { isOneOf } from "../../database/column-types.ts";
import { ANSWER_CODES } from "../../formats/exchange-file-name.ts";
import { insurer } from "../../identity/identity-tables.ts";
import { SIMULATION_ORDERS } from "./simulation-orders.ts";

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** What an insurer of validation wants to happen to its next submission or answer; each happens once. */
export const simulationOrder = pgTable(
  "simulation_order",
  {
    insurerId: integer("insurer_id")
      .notNull()
      .references(() => insurer.insurerId),
    orderId: uuid("order_id").notNull().default(sql`uuidv7()`),
    kind: text("kind", { enum: SIMULATION_ORDERS }).notNull(),
    /** Of the answer; absent: whichever comes. */
    answerCode: text("answer_code", { enum: ANSWER_CODES }),
    /** Of an answer that is to come late. */
    delaySeconds: integer("delay_seconds"),
    orderedAt: instant("ordered_at").notNull().default(sql`clock_timestamp()`),
    usedAt: instant("used_at"),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.orderId] }),
    index("simulation_order_waiting").on(table.insurerId, table.kind).where(sql`${table.usedAt} is null`),
    check("simulation_order_kind", isOneOf(table.kind, SIMULATION_ORDERS)),
    check("simulation_order_answer_code", isOneOf(table.answerCode, ANSWER_CODES)),
    check("simulation_order_delay", sql`(${table.kind} = 'delayAnswer') = (${table.delaySeconds} is not null)`),
  ],
);
