import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { openAccount } from "../../src/exchange/account-registry.ts";
import { createDevelopmentAuthority } from "../../src/identity/issue-certificate.ts";
import { openEmbeddedPlace } from "../crash/sftp-places.ts";
import { composeFile } from "../flows/compose-file.ts";
import { ALPHA } from "../http/open-door.ts";
import { makeMachine } from "../operator/client-machine.ts";
import { admitMachines, createGatewayEnvironment } from "./gateway-environment.ts";

const ACCOUNT = "client-alpha";

/** A running environment with an SFTP server of its own; answers what a file that was dropped there was answered. */
async function openEnvironment(t: Test, deployment: "validation" | "production") {
  const place = await openEmbeddedPlace(t);
  const authority = await createDevelopmentAuthority({ commonName: "Clients" });
  const environment = await createGatewayEnvironment(t, deployment, [authority.certificatePem], {
    ROLES: "serve,worker,sftp",
    SFTP_URL: `sftp://infoss-gateway@127.0.0.1:${place.port}${place.path}`,
    SFTP_KEY_FILE: place.keyFile,
    SFTP_HOST_KEYS: place.hostKey,
    SFTP_POLL_INTERVAL_MS: "50",
  });
  await admitMachines(environment, [await makeMachine(t, { authority }, ACCOUNT)]);
  const account = { clientId: ACCOUNT, accountName: ACCOUNT, signatureRequired: false, language: "en" } as const;
  await environment.database.institute.begin((tx) => openAccount(tx, { account: "test" }, account));
  await environment.start();
  const folder = place.folderOf("alpha");
  let sequence = 0;
  return async (nameLetter: string, rootLetter: string): Promise<string> => {
    sequence += 1;
    const rest = `DICO.${ALPHA}.20261122.${String(sequence).padStart(5, "0")}.${nameLetter}`;
    const drop = (name: string, content: string) => {
      writeFileSync(join(folder, name), content);
      renameSync(join(folder, name), join(folder, "IN", name));
    };
    drop(`FI.${rest}`, composeFile({ sender: ALPHA, reference: `R-${sequence}`, environment: rootLetter }));
    drop(`GO.${rest}`, "");
    for (;;) {
      const receipts = readdirSync(join(folder, "OUT"))
        .filter((name) => name.startsWith("FO.ACRF."))
        .map((name) => readFileSync(join(folder, "OUT", name), "utf8"));
      const own = receipts.find((text) => text.includes(`<fileName>FI.${rest}</fileName>`));
      if (own !== undefined) {
        const codes = [...own.matchAll(/<code>(\w+)<\/code>/g)].map(([, code]) => code);
        return [/<state>(\w+)<\/state>/.exec(own)?.[1], ...codes].join(" ");
      }
      await sleep(50);
    }
  };
}

t.test("a file whose name or root has the letter of the other running environment is refused", async (t) => {
  const [validation, production] = await Promise.all([
    openEnvironment(t, "validation"),
    openEnvironment(t, "production"),
  ]);
  for (const { drop, own, other } of [
    { drop: validation, own: "S", other: "R" },
    { drop: production, own: "R", other: "S" },
  ]) {
    t.equal(await drop(own, own), "received", `${own} at home`);
    t.equal(await drop(other, other), "refused environmentMismatch", `the file of the other one, ${other}`);
    t.equal(await drop(own, other), "refused environmentMismatch", "its root alone");
    t.equal(await drop(other, own), "refused environmentMismatch", "its name alone");
    t.equal(await drop("X", own), "refused environmentLetterInvalid", "a letter that is none");
  }
  t.equal(await production("T", "T"), "refused environmentMismatch", "circuit tests belong to validation");
});
