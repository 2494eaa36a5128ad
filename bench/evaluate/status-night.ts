import pino from "pino";
import { createPersonHasher } from "../../src/audit/person-hash.ts";
import { createFixedBusinessClock } from "../../src/clock.ts";
import type { Database } from "../../src/database/connection.ts";
import type { Exchange } from "../../src/exchange/exchange.ts";
import { decideDueStatusFiles } from "../../src/exchange/keep-status-files.ts";
import type { Intake } from "../../src/intake/intake.ts";

/** Writes the files of status (FO.STAT) that are due on the day, as a worker of the SFTP door does; answers how many. */
export async function writeStatusFiles(database: Database, businessDate: string): Promise<number> {
  const intake: Pick<Intake, "database" | "clock" | "environmentName" | "log"> = {
    ...{ database, clock: createFixedBusinessClock(businessDate), environmentName: "validation" },
    log: pino({ level: "silent" }),
  };
  const exchange: Pick<Exchange, "persons"> & { readonly intake: typeof intake } = {
    intake,
    persons: createPersonHasher(Buffer.alloc(32, 1)),
  };
  // Files of status need nothing else of the exchange.
  return await decideDueStatusFiles(exchange as Exchange);
}
