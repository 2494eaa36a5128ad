import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { recheckWaiting } from "../../src/intake/recheck-contracts.ts";
import { loadRegister } from "../../src/register/load-register.ts";
import { seedNumbers, seedSharedNumbers } from "../../src/spaces/numbers/seed-numbers.ts";
import { bisNumberOf, inamiNumberOf, ssinOf } from "../../src/spaces/numbers/synthetic-number.ts";
import { portfolioInamiNumberOf, portfolioSsinOf } from "../../src/spaces/portfolio-numbers.ts";
import { seedHolders } from "../../src/spaces/seed-holders.ts";
import { composeFile, composeRecord } from "../flows/compose-file.ts";
import { clientIdOf } from "../http/admit-with-client.ts";
import {
  ALPHA,
  BETA,
  type Caller,
  type Door,
  digestOf,
  openDoor,
  processSubmissions,
  ROOT,
  waitForEnd,
} from "../http/open-door.ts";
import { giveSpace } from "../spaces/numbers/give-space.ts";

const TODAY = "2026-11-22";
const GROUP = 123;
const OWN_NUMBERS = [inamiNumberOf(GROUP, "00"), inamiNumberOf(GROUP, "01"), portfolioInamiNumberOf(GROUP, 7)];
const OWN_SSINS = [ssinOf(GROUP, "00"), bisNumberOf(GROUP, "07"), portfolioSsinOf(GROUP, 7)];
const SHARED = inamiNumberOf(0, "00");

t.test("the numbers of a space are as unknown to everybody else as what no register has", async (t) => {
  const door = await openDoor(t);
  const { owner, database, alphaId } = door;
  await giveSpace(owner, { insurerId: alphaId, clientId: clientIdOf(ALPHA), group: GROUP });
  await seedSharedNumbers(database.institute, TODAY);
  await seedNumbers(database.institute, { group: GROUP, today: TODAY });
  await seedHolders(database.institute, { group: GROUP, today: TODAY });
  await owner`update insurer set phase = 'access'`;
  await t.test("when they are verified, by number and by SSIN", (t) => testVerification(t, door));
  await owner`update insurer set phase = 'loading'`;
  await t.test("when they are declared in a file, also as a dry run", (t) => testFiles(t, door));
  await owner`update insurer set phase = 'live', initial_load_completed_at = now()`;
  await t.test("when they are declared by a single call", (t) => testCalls(t, door));
  await t.test("when the register changes", (t) => testRecheck(t, door));
  await t.test("and, once the space has gone, to everybody", async (t) => {
    await owner`update space set ended_at = now(), removed_at = now()`;
    t.same(await declare(door.alpha, "GONE", OWN_NUMBERS[0]!), [400, ["inamiNumberUnknown"]]);
  });
});

async function verify(caller: Caller, key: string, numbers: readonly string[]): Promise<string[]> {
  const { json } = await caller(`${ROOT}/inamiVerifications`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": key },
    body: JSON.stringify({ rows: numbers.map((number) => ({ number })) }),
  });
  return (json as unknown as { rows: { answer: string }[] }).rows.map(({ answer }) => answer);
}

async function testVerification(t: Test, { alpha, beta }: Door) {
  const asked = [...OWN_NUMBERS, ...OWN_SSINS, SHARED, ssinOf(0, "00")];
  const unknown = [...OWN_NUMBERS, ...OWN_SSINS].map(() => "unknown");
  t.same(await verify(alpha, "OWN", asked), [
    "valid",
    "replaced",
    "valid",
    "valid",
    "replaced",
    "valid",
    "valid",
    "valid",
  ]);
  t.same(await verify(beta, "FOREIGN", asked), [...unknown, "valid", "valid"]);
}

async function testFiles(t: Test, door: Door) {
  const records = [...OWN_NUMBERS, SHARED].map((inamiNumber, index) =>
    composeRecord(`R-${index}`, { contractNumber: `C-${index}`, inamiNumber, startOn: "2026-01-01" }),
  );
  await processSubmissions(t, door);
  const refusedOf = async (caller: Caller, sender: string, query: string) => {
    const body = composeFile({ sender, reference: `FILE${query.length}`, records });
    const headers = { "Content-Type": "application/xml", "Content-Digest": digestOf(body) };
    const { json } = await caller(`${ROOT}/submissions${query}`, { method: "POST", headers, body });
    await waitForEnd(caller, json.submissionId!);
    const rows = await door.owner<{ reference: string; findings: { code: string }[] }[]>`
      select sender_reference as reference, findings from record_result
      where submission_id = ${json.submissionId!} and outcome = 'rejected' order by record_number`;
    return rows.map(({ reference, findings }) => [reference, ...findings.map(({ code }) => code)]);
  };
  const refused = OWN_NUMBERS.map((_, index) => [`R-${index}`, "inamiNumberUnknown"]);
  t.same(await refusedOf(door.beta, BETA, "?dryRun=true"), refused);
  t.same(await refusedOf(door.beta, BETA, ""), refused);
  t.same(await refusedOf(door.alpha, ALPHA, ""), []);
}

/** Status and codes of what is wrong. */
async function declare(caller: Caller, key: string, inamiNumber: string): Promise<[number, string[]]> {
  const body = {
    contractNumber: key,
    inamiNumber,
    startOn: "2026-01-01",
    contractKind: "socialPlci",
    solidarity: true,
  };
  const { status, text } = await caller(`${ROOT}/contracts`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": key },
    body: JSON.stringify(body),
  });
  return [status, [...new Set(text.match(/inamiNumber[A-Z]\w+/g))]];
}

async function testCalls(t: Test, { alpha, beta }: Door) {
  for (const [index, number] of OWN_NUMBERS.entries())
    t.same(await declare(beta, `CALL-${index}`, number), [400, ["inamiNumberUnknown"]]);
  t.same(await declare(beta, "CALL-SHARED", SHARED), [201, []]);
  t.same(await declare(alpha, "CALL-OWN", OWN_NUMBERS[0]!), [201, []]);
}

/** A contract from before the number was withheld. */
async function testRecheck(t: Test, { owner, database, intake, alphaId }: Door) {
  const [number] = OWN_NUMBERS;
  await owner.begin(async (tx) => {
    // Versions are never rewritten otherwise.
    await tx`set local session_replication_role = replica`;
    await tx`update contract set inami_root = ${number!.slice(0, 8)} where contract_number = 'CALL-SHARED'`;
    await tx`update contract_version set inami_number = ${number!} where contract_id in (
      select contract_id from contract where contract_number = 'CALL-SHARED')`;
  });
  const register = `inamiNumber,ssin,validFrom,validTo,replacedBy,deceasedOn\n${number},${ssinOf(GROUP, "00")},2009-09-01,2026-11-01,,\n`;
  const file = join(t.testdir(), "change.csv");
  writeFileSync(file, register);
  await loadRegister(database, file);
  await recheckWaiting(intake);
  const told = await owner`select distinct insurer_id as "insurerId" from event where kind = 'contractRechecked'`;
  t.same([...told], [{ insurerId: alphaId }], "nobody else is told");
}
