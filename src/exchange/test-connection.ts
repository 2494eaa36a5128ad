import type { SeenDrop } from "../connection-tests/connection-test.ts";
import { insertConnectionTest } from "../connection-tests/connection-tests.ts";
import { findConnectionFindings } from "../connection-tests/find-connection-findings.ts";
import type { TransactionSql } from "../database/sql.ts";
import type { TestedConnection } from "../formats/report/receipt.ts";
import type { SftpAccount } from "./accounts.ts";
import type { SeenFile } from "./drop.ts";
import type { Exchange } from "./exchange.ts";

export interface TestedDrop {
  readonly insurerId: number;
  readonly submissionId: string;
  readonly fileName: string;
  /** The file and its GO. */
  readonly files: readonly SeenFile[];
}

/** Keeps how a file with the letter T came, in the transaction that takes it; answers what its receipt tells of that. */
export async function testConnection(
  { ssh }: Exchange,
  tx: TransactionSql,
  { accountName, clientId }: SftpAccount,
  { insurerId, submissionId, fileName, files }: TestedDrop,
): Promise<TestedConnection> {
  const names = files.map(({ name }) => name);
  const session = ssh?.sessions?.find(accountName, names);
  const hostKeys = ssh?.hostKeys ?? [];
  const seen: SeenDrop = { channel: "sftp", accountName, fileName, hostKeys, ...(session && { session }) };
  const findings = findConnectionFindings(seen, new Date(), []);
  const { connectionTestId, isPassed } = await insertConnectionTest(tx, insurerId, {
    clientId,
    submissionId,
    seen,
    findings,
  });
  return { connectionTestId, passed: isPassed, seen: listSeen(seen), findings };
}

/** Names and values, a line each. */
function listSeen({ accountName, hostKeys, session }: SeenDrop): TestedConnection["seen"] {
  const { ciphers = [], macs = [], ...single } = session ?? {};
  const both = (name: string, values: readonly string[]) => [...new Set(values)].map((value) => [name, value] as const);
  return [
    ["accountName", accountName] as const,
    ...both("hostKey", hostKeys),
    ...Object.entries(single).map(([name, value]) => [name, String(value)] as const),
    ...both("cipher", ciphers),
    ...both("mac", macs),
  ].filter(([, value]) => value !== "");
}
