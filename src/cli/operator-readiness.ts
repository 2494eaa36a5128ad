import type { Command } from "commander";
import { getInsurer } from "../operator/registry-queries.ts";
import { computeReadiness } from "../readiness/compute-readiness.ts";
import { findInsurerId, listAdmissions } from "../readiness/readiness-admissions.ts";
import { READINESS_TEXTS } from "../readiness/readiness-items.ts";
import { show } from "./operator-command.ts";
import type { Surroundings } from "./operator-surroundings.ts";
import type { Cell } from "./operator-table.ts";

/** `infoss insurer readiness`, `infoss insurer admissions`. */
export function addReadinessLookup(insurer: Command, surroundings: Surroundings): void {
  insurer
    .command("readiness")
    .description("see what an insurer did in validation, and what is left before production")
    .argument("<number>", "enterprise number")
    .addHelpText("after", "\nExample:\n  infoss insurer readiness 0403019261 --environment validation")
    .action(async (enterpriseNumber: string, _options: object, command: Command) => {
      const { readiness } = surroundings.readSettings();
      const columns = ["item", "fulfilled", "missing", "text"] as const;
      await show(surroundings, command, columns, async (database) => {
        const known = await getInsurer(database.institute, enterpriseNumber);
        const insurerId = await findInsurerId(database.institute, known.enterpriseNumber);
        const { lines } = await computeReadiness(database, insurerId, readiness);
        return lines.map((line): Record<(typeof columns)[number], Cell> => {
          const { item, fulfilled, missing } = line;
          return { ...line, item, fulfilled, missing, text: READINESS_TEXTS[item].en };
        });
      });
    });

  insurer
    .command("admissions")
    .description("list why an insurer was let into the initial load of production: statements of readiness, reasons")
    .argument("<number>", "enterprise number")
    .addHelpText("after", "\nExample:\n  infoss insurer admissions 0403019261 --environment production")
    .action(async (enterpriseNumber: string, _options: object, command: Command) => {
      const columns = ["admittedAt", "admittedBy", "statementId", "reason"] as const;
      await show(surroundings, command, columns, async ({ institute }) => {
        const known = await getInsurer(institute, enterpriseNumber);
        return await listAdmissions(institute, known.enterpriseNumber);
      });
    });
}
