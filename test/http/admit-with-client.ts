import type { Database } from "../../src/database/connection.ts";
import { createClient, grant } from "../../src/identity/client-registry.ts";
import { registerCertificate } from "../../src/identity/credential-registry.ts";
import type { InsurerPhase } from "../../src/identity/identity-tables.ts";
import { admitInsurer } from "../../src/identity/insurer-registry.ts";

const ACTOR = { account: "test" };

export function clientIdOf(enterpriseNumber: string): string {
  return `client-${enterpriseNumber}`;
}

/** An insurer in its initial load with a client of its own, whose certificate (PEM) is registered. */
export async function admitWithClient(
  database: Database,
  enterpriseNumber: string,
  name: string,
  certificatePem?: string,
  phase: InsurerPhase = "loading",
): Promise<{ insurerId: number; clientId: string }> {
  const clientId = clientIdOf(enterpriseNumber);
  return await database.institute.begin(async (tx) => {
    const { insurerId } = await admitInsurer(tx, ACTOR, { enterpriseNumber, name, phase });
    await createClient(tx, ACTOR, { clientId, name, kind: "insurer" });
    await grant(tx, ACTOR, { clientId, enterpriseNumber, validFrom: "2020-01-01" });
    if (certificatePem) await registerCertificate(tx, ACTOR, { clientId, pem: certificatePem });
    return { insurerId, clientId };
  });
}
