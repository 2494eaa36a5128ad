import type { Test } from "tap";
import { projectWhatIsDue } from "../../src/advantage/keep-projected.ts";
import { listEvents } from "../../src/events/feed.ts";
import { openAccount } from "../../src/exchange/account-registry.ts";
import { insertAnswer } from "../../src/exchange/answers.ts";
import { insertNotices } from "../../src/operator/notices.ts";
import { FOREIGN_SSIN } from "../flows/test-register.ts";
import { clientIdOf } from "./admit-with-client.ts";
import { fillIn, listOperations, type Operation } from "./api-operations.ts";
import { keepConnections } from "./call-as-operator.ts";
import { insertAdvice } from "./insert-advice.ts";
import {
  ALPHA,
  type Answer,
  BELGIF,
  BETA,
  type Caller,
  contractFile,
  type Door,
  KNOWN_INAMI_NUMBER,
  processSubmissions,
  ROOT,
  send,
  waitForEnd,
} from "./open-door.ts";
import { type Cover, type Ids, OPERATOR_ROUTES, PUBLIC_ROUTES, TENANT_ROUTES, WALK_REFERENCE } from "./route-cover.ts";

type Callers = Readonly<Record<"alpha" | "beta" | "nobody", Caller>>;

/** An insurer, and a client, that never were. */
const NEVER_ADMITTED = "0471938850";

/** Alpha with data of each kind, and Beta, which has some of its own. Nobody works on what is sent later. */
export async function furnish(t: Test, door: Door): Promise<Ids> {
  await send(door.beta, contractFile({ sender: BETA, reference: "OF-BETA" }));
  const file = contractFile({ reference: WALK_REFERENCE, inamiNumbers: [KNOWN_INAMI_NUMBER, KNOWN_INAMI_NUMBER] });
  // Of somebody else: the record is rejected, and what is told of it names both.
  const sent = await send(door.alpha, file.replace(/(?<=C-2.*)<\/solidarity>/s, `$&<ssin>${FOREIGN_SSIN}</ssin>`));
  const processed = String(sent.json.submissionId);
  await t.test("what the walk needs is processed", async (t) => {
    await processSubmissions(t, door);
    t.match((await waitForEnd(door.alpha, processed)).json, { state: "processed", counts: { rejected: 1 } });
  });
  const waiting = String((await send(door.alpha, contractFile({ reference: "WALK-2" }))).json.submissionId);
  await send(door.beta, contractFile({ sender: BETA, reference: "OF-BETA-2" }));
  // From now on Alpha is live: single contracts can be declared, and only deltas are taken.
  await door.owner`
    update insurer set phase = 'live', initial_load_completed_at = now() where insurer_id = ${door.alphaId}`;
  const [held] = await door.owner<{ id: string }[]>`
    select contract_id as id from contract where insurer_id = ${door.alphaId}`;
  const contract = held!.id;
  const { database, intake } = door;
  for (const [enterpriseNumber, accountName] of [
    [ALPHA, "alpha"],
    [BETA, "beta"],
  ] as const) {
    const account = { clientId: clientIdOf(enterpriseNumber), accountName, signatureRequired: false };
    await database.institute.begin((tx) => openAccount(tx, { account: "test" }, { ...account, language: "en" }));
  }
  await projectWhatIsDue({ institute: database.institute, clock: intake.clock });
  const [advantage] = await door.owner<{ id: string }[]>`
    select social_advantage_id as id from social_advantage where contract_id = ${contract}`;
  const socialAdvantage = advantage!.id;
  const advice = await insertAdvice(door, contract);
  const details = { clientId: clientIdOf(ALPHA), subject: "ab", expiresAt: "2027-01-21T09:00:00.000Z", daysBefore: 60 };
  for (const kind of ["certificateExpires", "keyExpires"] as const) {
    await door.database.institute.begin((tx) => insertNotices(tx, [door.alphaId], { kind, details }));
  }
  const notices = await door.owner<{ id: string }[]>`select notice_id as id from notice order by notice_id`;
  await door.database.asInsurer(door.alphaId).run((tx) =>
    insertAnswer(
      tx,
      {
        insurerId: door.alphaId,
        enterpriseNumber: ALPHA,
        accountName: "alpha",
        code: "ACRF",
        day: "2026-11-22",
        letter: "S",
        answeredName: `FI.DICO.${ALPHA}.20261122.00001.S`,
        submissionId: processed,
        reportDue: false,
      },
      Buffer.from("<receipt/>"),
    ),
  );
  const [notice, laterNotice] = notices.map(({ id }) => id) as [string, string];
  await listEvents(door.database.asInsurer(door.alphaId), { after: 0, limit: 1 });
  const [event] = await door.owner<{ id: string }[]>`
    select event_id as id from event where insurer_id = ${door.alphaId} and details->>'submissionId' = ${processed}`;
  const [webhook] = await door.owner<{ id: string }[]>`
    insert into webhook_subscription (insurer_id, client_id, url, position)
    values (${door.alphaId}, ${clientIdOf(ALPHA)}, 'https://hooks.alpha.example/WALK-1', 0)
    returning subscription_id as id`;
  await door.owner`
    insert into webhook_delivery (insurer_id, subscription_id, cause, attempt, outcome, duration_ms)
    values (${door.alphaId}, ${webhook!.id}, 'ping', 1, 'delivered', 5)`;
  const later = { notice, laterNotice, event: event!.id, webhook: webhook!.id };
  const asked = await door.alpha(`${ROOT}/inamiVerifications`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": "FURNISH" },
    body: JSON.stringify({ rows: [{ number: KNOWN_INAMI_NUMBER, contractNumber: "C-1" }] }),
  });
  const verification = String(asked.json.submissionId);
  const tested = await door.alpha(`${ROOT}/connectionTests`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: "{}",
  });
  const connectionTest = String(tested.headers.location).split("/").at(-1)!;
  return {
    ...{ processed, waiting, contract, socialAdvantage, advice, verification, connectionTest },
    ...later,
    enterpriseNumber: ALPHA,
  };
}

/** Walks every operation that has a cover; answers what is wrong, a sentence each. */
export async function walkRoutes(t: Test, door: Door, own: Ids): Promise<string[]> {
  const never = neverExisting(own);
  const alpha = keepConnections(t, door, door.alpha, door.alphaCertificate);
  const beta = keepConnections(t, door, door.beta, door.betaCertificate);
  const callers = { alpha, beta, nobody: door.nobody };
  const faults: string[] = [];
  for (const [name, cover] of Object.entries(TENANT_ROUTES)) {
    faults.push(...(await walkAsOther(beta, name, cover, { own, never })));
    faults.push(...(await walkAsOwner(alpha, name, cover, own)));
  }
  const others = listOperations().map(async (operation) => {
    const name = operation.name.replace(ROOT, "");
    if (PUBLIC_ROUTES.includes(name)) return await walkPublic(callers, operation);
    return OPERATOR_ROUTES.includes(name) ? await walkOperators(callers, operation) : [];
  });
  faults.push(...(await Promise.all(others)).flat());
  return faults;
}

/** Ids made at the same moment as those that exist, but for their last digits: nobody has them. */
function neverExisting(ids: Ids): Ids {
  const { processed, waiting, contract, socialAdvantage, advice, verification, notice, laterNotice, event } = ids;
  const { webhook, connectionTest } = ids;
  const mutate = (id: string) => id.replace(/.{12}$/, (tail) => [...tail].reverse().join("").replace(/^./, "e"));
  return {
    processed: mutate(processed),
    waiting: mutate(waiting),
    contract: mutate(contract),
    socialAdvantage: mutate(socialAdvantage),
    verification: mutate(verification),
    advice: mutate(advice),
    notice: mutate(notice),
    laterNotice: mutate(laterNotice),
    event: mutate(event),
    webhook: mutate(webhook),
    connectionTest: mutate(connectionTest),
    enterpriseNumber: NEVER_ADMITTED,
  };
}

async function walkAsOwner(owner: Caller, name: string, cover: Cover, own: Ids): Promise<string[]> {
  const { path, ...question } = cover.ask(own);
  const { status, text } = await owner(ROOT + path, question);
  return [
    ...(status >= 200 && status < 300 ? [] : [`${name}: the owner gets ${status}`]),
    ...(cover.shows && !cover.shows.test(text) ? [`${name}: the owner does not get its data`] : []),
  ];
}

async function walkAsOther(
  other: Caller,
  name: string,
  cover: Cover,
  { own, never }: { own: Ids; never: Ids },
): Promise<string[]> {
  const faults: string[] = [];
  // As itself, and as if it were granted the owner.
  for (const isNamed of [false, true]) {
    // What is read can be asked for without its body too.
    for (const isHead of cover.ask(own).method === undefined ? [false, true] : [false]) {
      const ask = async (ids: Ids) => {
        const { path, headers, ...question } = cover.ask(ids);
        const insurer = isNamed && { "Infoss-Insurer": ids.enterpriseNumber };
        const method = isHead ? { method: "HEAD" } : {};
        const answer = await other(ROOT + path, { ...question, ...method, headers: { ...headers, ...insurer } });
        return { status: answer.status, saying: describeAnswer(answer, ids, cover.fresh) };
      };
      const [foreign, unknown] = [await ask(own), await ask(never)];
      const where = `${name}${isHead ? ", HEAD" : ""}${isNamed ? ", Infoss-Insurer" : ""}`;
      if (foreign.status !== (isNamed ? 403 : cover.otherStatus)) {
        faults.push(`${where}: another insurer gets ${foreign.status}`);
      }
      if (foreign.saying !== unknown.saying) {
        faults.push(`${where}: another insurer can tell: ${foreign.saying}, not ${unknown.saying}`);
      }
      // WALK-POST is what it sends itself.
      if (foreign.saying.includes(WALK_REFERENCE)) faults.push(`${where}: another insurer gets the owner's data`);
    }
  }
  return faults;
}

/** All that an answer says, but for what is new in each answer and the ids that the caller itself named. */
function describeAnswer({ status, headers, text }: Answer, asked: Ids, fresh: readonly string[] = []): string {
  // `ratelimit` counts what the caller asked, one by one.
  const { date, "belgov-trace-id": _trace, ratelimit, ...others } = headers;
  for (const name of fresh) delete others[name];
  let body = text.replace(/"instance":"urn:uuid:[^"]*"/, '"instance":""');
  for (const name of fresh) body = body.replaceAll(new RegExp(`"${name}":"[^"]*"`, "g"), `"${name}":""`);
  let saying = JSON.stringify({ status, others, body });
  for (const id of Object.values(asked)) saying = saying.replaceAll(id, "ASKED");
  return saying;
}

/** The same for nobody, the owner and another; nothing in it is an insurer's. */
async function walkPublic({ nobody, alpha, beta }: Callers, operation: Operation): Promise<string[]> {
  const { path, method } = fillIn(operation);
  const answers = await Promise.all([nobody, alpha, beta].map((caller) => caller(path, { method })));
  const [first] = answers;
  return [
    ...(first!.status === 200 ? [] : [`${operation.name}: ${first!.status} to the public`]),
    ...(answers.every(({ text }) => text === first!.text) ? [] : [`${operation.name}: not the same for everybody`]),
    ...(first!.text.includes(`"${WALK_REFERENCE}"`) ? [`${operation.name}: an insurer's data are public`] : []),
  ];
}

const NEVER_SAMPLES: Readonly<Record<string, string>> = {
  enterpriseNumber: NEVER_ADMITTED,
  clientId: clientIdOf(NEVER_ADMITTED),
};

/** Refused to a client of an insurer, in the same words for its own ids as for those that never were. */
async function walkOperators({ alpha, beta }: Callers, operation: Operation): Promise<string[]> {
  const ask = async (caller: Caller, field?: Operation["fields"][number]) => {
    const { path, ...question } = fillIn(operation, field, field && NEVER_SAMPLES[field.name]);
    const answer = await caller(path, question);
    return { saying: describeAnswer(answer, {} as Ids), type: answer.json.type };
  };
  const named = operation.fields.filter(({ in: place, name }) => place === "path" && name in NEVER_SAMPLES);
  const own = await ask(beta);
  const others = await Promise.all([ask(alpha), ...named.map((field) => ask(beta, field))]);
  return [
    ...(own.type === `${BELGIF}missingScope` ? [] : [`${operation.name}: an insurer's client gets ${own.type}`]),
    ...(others.every(({ saying }) => saying === own.saying) ? [] : [`${operation.name}: an insurer can tell`]),
  ];
}
