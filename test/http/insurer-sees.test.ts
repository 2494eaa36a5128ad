import { readFileSync } from "node:fs";
import t, { type Test } from "tap";
import { evaluateDossiers } from "../../src/advantage/evaluate-dossiers.ts";
import { projectWhatIsDue } from "../../src/advantage/keep-projected.ts";
import { moveDossiers } from "../../src/advantage/move-dossiers.ts";
import { createFixedBusinessClock } from "../../src/clock.ts";
import { runTransaction } from "../../src/database/run-transaction.ts";
import { rulesOf } from "../advantage/dossiers.ts";
import { insertContract, insertDentist } from "../advantage/kept-persons.ts";
import { type Caller, type Door, openDoor, ROOT } from "./open-door.ts";

const rules = rulesOf(2024);
const YEARS = new Map([[2024, rules]]);
const DAYS = ["2025-02-01", "2025-05-02", "2025-07-01", "2025-08-20", "2025-09-01", "2025-09-15", "2025-12-01"];
/** What only the institute knows: why nothing goes to Alpha's contract. */
const SECRETS = ["otherContract", "otherContractRefused", "conventionAdvantage", "reservedRight"] as const;
type Secret = (typeof SECRETS)[number];

interface Client {
  readonly secret: Secret;
  readonly personId: string;
  /** Their contracts with the two insurers. */
  readonly alpha: string;
  readonly beta: string;
}

async function insertClient({ owner, alphaId }: Door, secret: Secret): Promise<Client> {
  const [row] = await owner<{ id: number }[]>`select insurer_id as id from insurer where insurer_id <> ${alphaId}`;
  const { personId, root } = await insertDentist(owner, secret === "otherContractRefused" ? 1 : 300);
  const alpha = await insertContract(owner, alphaId, root, { startOn: "2019-01-01" });
  const beta = await insertContract(owner, row!.id, root);
  if (secret === "otherContract" || secret === "otherContractRefused")
    await owner`insert into contract_choice values (${personId}, 2024, ${row!.id}, ${beta}, '2025-03-01')`;
  if (secret === "conventionAdvantage")
    await owner`update person set legal_pension_on = '2024-06-01' where person_id = ${personId}`;
  if (secret === "reservedRight") {
    await owner`update person set reserved_right_first_year = 2010 where person_id = ${personId}`;
    await owner`insert into contract_choice values (${personId}, 2024, null, null, '2025-03-01')`;
  }
  return { secret, personId, alpha, beta };
}

/** A day of the institute: the calendar moves on, then each dossier goes its own way. */
async function live({ database }: Door, clients: readonly Client[], day: string): Promise<void> {
  const { institute } = database;
  await projectWhatIsDue({ institute, clock: createFixedBusinessClock(day), loadRules: async () => YEARS });
  const run = { rules, businessDate: day, movedAt: `${day}T03:00:00Z`, movedBy: "system", cause: "test" };
  for (const { secret, personId } of clients) {
    await runTransaction(institute, async (tx) => {
      if (day === "2025-07-01") await evaluateDossiers(tx, run, [personId]);
      if (day === "2025-08-20") await moveDossiers(tx, run, [{ personId, to: "decided", contestUntil: "2025-10-31" }]);
      const isContested = secret === "otherContractRefused";
      const move = isContested ? ({ to: "contested", contestedOn: day } as const) : ({ to: "toPay" } as const);
      if (day === "2025-09-15") await moveDossiers(tx, run, [{ personId, ...move }]);
    });
  }
}

/** All that the insurer of a contract can find out about it: the answers, and its events, with their instants. */
async function ask(caller: Caller, contractId: string): Promise<string> {
  const post = (body: object) => ({
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ premiumYear: 2024, contractNumbers: [contractId.replaceAll("-", "")], ...body }),
  });
  const query = await caller(`${ROOT}/socialAdvantages/query`, post({}));
  const changed = await caller(`${ROOT}/socialAdvantages/query`, post({ changedSince: "2020-01-01T00:00:00Z" }));
  const [item] = query.json.items ?? [];
  if (!item) throw new Error(`${query.status} ${query.text}`);
  const one = await caller(item.href);
  const then = await caller(`${item.href}?knownAt=${encodeURIComponent(new Date().toISOString())}`);
  const { items = [] } = (await caller(`${ROOT}/events`)).json;
  const told = items.filter((event) => JSON.stringify(event).includes(contractId)).length;
  const answers = [query, changed, one, then].map(({ status, text, headers }) => `${status} ${headers.etag} ${text}`);
  return [...answers, `events: ${told}`].join("\n").replace(OWN_NAMES, "<own>");
}

/** Names of the contract itself. */
const OWN_NAMES = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|"[0-9a-f]{32}"|"inamiRoot":"\d{8}"/g;

t.test("whatever is hidden, an insurer gets the same answers and events at the same moments", async (t) => {
  const door = await openDoor(t);
  const clients = await Promise.all(SECRETS.map((secret) => insertClient(door, secret)));
  const otherSaw = new Set<string>();
  let last = "";
  for (const day of DAYS) {
    await live(door, clients, day);
    const seen: string[] = [];
    for (const { alpha } of clients) seen.push(await ask(door.alpha, alpha));
    t.equal(new Set(seen).size, 1, day);
    // Places and instants in the feed too: those of a day come together, whoever they are about.
    const events = await door.owner<{ moments: number }[]>`
      select count(*) as moments from event where insurer_id = ${door.alphaId} and kind = 'socialAdvantageChanged'`;
    t.equal(events[0]!.moments % SECRETS.length, 0);
    last = seen[0]!;
    otherSaw.add(await ask(door.beta, clients[0]!.beta));
  }
  t.match(last, '"state":"decided","outcome":"notPayable","reasons":[{"code":"notPayableOnThisContract"');
  t.match(last, "events: 4", "linking, evaluation, additions, decision: the calendar's, and no other");
  t.ok(otherSaw.size >= 5, "while the insurer that is paid sees what moves");
  t.match([...otherSaw].at(-1), '"state":"toPay","outcome":"payable"');

  await t.test("and these are the fields that it may ever see, wherever it looks", (t) => checkFields(t, door));
});

const FIELDS = {
  status: [
    ...["self", "socialAdvantageId", "contract", "contractId", "contractNumber", "inamiRoot", "premiumYear", "state"],
    ...["outcome", "amountCents", "payment", "nextStep", "reasons", "changedAt", "simulated"],
  ],
  columns: [
    ...[
      "insurer_id",
      "social_advantage_id",
      "version",
      "contract_id",
      "premium_year",
      "state",
      "outcome",
      "amount_cents",
    ],
    ...["paid_cents", "paid_on", "next_step", "next_step_on", "reasons", "recorded_at", "superseded_at", "simulated"],
  ],
  event: ["socialAdvantageId", "contractId", "premiumYear"],
  file: [
    ...[
      "socialAdvantageId",
      "contractId",
      "contractNumber",
      "inamiRoot",
      "premiumYear",
      "noLongerShown",
      "state",
      "outcome",
    ],
    ...[
      "amountCents",
      "payment",
      "amountCents",
      "paidOn",
      "nextStep",
      "step",
      "on",
      "reasons",
      "reason",
      "code",
      "text",
      "changedAt",
      "simulated",
    ],
  ],
};

async function checkFields(t: Test, door: Door): Promise<void> {
  const { paths } = JSON.parse(readFileSync(new URL("../../openapi/digital-contracts.json", import.meta.url), "utf8"));
  const answer = paths["/socialAdvantages/{socialAdvantageId}"].get.responses["200"].content["application/json"];
  t.strictSame(Object.keys(answer.schema.properties), FIELDS.status, "in the document of the API");
  const columns = await door.owner<{ name: string }[]>`
    select attname as name from pg_attribute
    where attrelid = 'social_advantage'::regclass and attnum > 0 and not attisdropped order by attnum`;
  t.strictSame(
    columns.map(({ name }) => name),
    FIELDS.columns,
    "in the table",
  );
  const details = await door.owner<{ keys: string[] }[]>`
    select distinct array(select jsonb_object_keys(details) order by 1) as keys from event where kind = 'socialAdvantageChanged'`;
  t.strictSame(
    details.map(({ keys }) => keys),
    [[...FIELDS.event].sort()],
    "in events",
  );
  const schema = readFileSync(new URL("../../schemas/status/1/status.xsd", import.meta.url), "utf8");
  const entry = schema.slice(
    schema.indexOf('<xs:complexType name="socialAdvantage">'),
    schema.indexOf("<xs:simpleType name"),
  );
  t.strictSame(
    [...entry.matchAll(/<xs:element name="(\w+)"/g)].map(([, name]) => name),
    FIELDS.file,
    "in files",
  );
  const role = await door.database.plain`
    select relname as name from pg_class
    where relname in ('dossier', 'dossier_event', 'person', 'person_number', 'contract_choice', 'person_sanction')
      and has_table_privilege('infoss_gateway', oid, 'select')`;
  t.strictSame([...role], [], "and the gateway's own role can read nothing else of it");
}
