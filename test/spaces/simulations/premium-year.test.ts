import t from "tap";
import { findCalendar } from "../../../src/advantage/premium-year-rules.ts";
import { loadRulesInForce } from "../../../src/advantage/rules-in-force.ts";
import { createFixedBusinessClock } from "../../../src/clock.ts";
import { SCOPES } from "../../../src/identity/scopes.ts";
import { followDays } from "../../../src/spaces/simulations/keep-spaces-current.ts";
import { addDays } from "../../../src/spaces/space-days.ts";
import { clientIdOf } from "../../http/admit-with-client.ts";
import { BETA, type Door, openDoor, ROOT } from "../../http/open-door.ts";
import { openSpace } from "./open-space.ts";

interface Seen {
  readonly contractId: string;
  readonly contractNumber: string;
  readonly state: string;
  readonly outcome: string;
  readonly simulated?: boolean;
  readonly changedAt: string;
}

async function see(door: Door, premiumYear: number): Promise<Map<string, Seen>> {
  const { json } = await door.alpha(`${ROOT}/socialAdvantages?premiumYear=${premiumYear}&pageSize=1000`);
  return new Map((json.items as unknown as Seen[]).map((seen) => [seen.contractNumber, seen]));
}

t.test("a premium year goes by in a space, and everything that it caused says so", async (t) => {
  const { door, realDay, year, simulate } = await openSpace(t);
  const { years } = await loadRulesInForce(door.database.institute);
  const calendar = findCalendar(years.get(year)!, "dentist");
  const startedAt = new Date();

  const same = await simulate("clock", { days: 0 });
  t.match(same, { status: 200, json: { today: realDay, daysAhead: 0, simulated: true } });
  t.match((await see(door, year)).get("C-00"), { state: "open", outcome: "pending", simulated: true });

  await t.test("the clock brings the July evaluation", async (t) => {
    const july = await simulate("clock", { today: calendar.evaluationOn });
    t.match(july, { status: 200, json: { today: calendar.evaluationOn, simulated: true } });
    t.ok(Number(july.json.moved) > 10, "dossiers were evaluated");
    t.match((await see(door, year)).get("C-00"), { state: "evaluated", outcome: "pending", simulated: true });
    const again = await simulate("evaluations", { premiumYear: year });
    t.match(
      again,
      { status: 200, json: { moved: 0, today: calendar.evaluationOn } },
      "which changes nothing when run again",
    );
  });

  await t.test("it never goes back, nor beyond ten years", async (t) => {
    const back = await simulate("clock", { today: realDay });
    t.match(back, { status: 409, json: { type: /:conflict$/, detail: /does not go back/ } });
    t.equal((await simulate("clock", { days: -1 })).status, 400);
    t.equal((await simulate("clock", { today: "2099-01-01" })).status, 400);
    t.equal((await simulate("clock", { today: "2027-02-30" })).status, 400, "no day");
    t.equal((await simulate("clock", {})).status, 400, "neither");
    t.equal((await simulate("clock", { today: calendar.decisionOn, days: 3 })).status, 400, "both");
    t.match(await simulate("clock", { days: 0 }), { json: { today: calendar.evaluationOn } }, "and stays where it is");
  });

  await t.test("decisions wait for their day", async (t) => {
    const early = await simulate("decisions", { premiumYear: year });
    t.match(early, { status: 200, json: { decided: 0 } });
    await simulate("clock", { today: calendar.decisionOn });
    const late = await simulate("decisions", { premiumYear: year });
    t.ok(Number(late.json.decided) > 5, late.text);
    const seen = await see(door, year);
    t.match(seen.get("C-00"), { state: "decided", outcome: "payable", simulated: true });
    t.match(seen.get("C-20"), { state: "decided", outcome: "notPayable" });
    t.match(seen.get("C-70"), { state: "contested" }, "what becomes known after the decision has become known");
  });

  await t.test("payment: advice, lines and bookings as of a real run", async (t) => {
    const paid = await simulate("payments", { premiumYear: year });
    t.equal(paid.status, 200, paid.text);
    t.ok(Number(paid.json.lines) > 3, paid.text);
    t.match((await see(door, year)).get("C-00"), { state: "paid", outcome: "payable", simulated: true });
    const { json } = await door.alpha(`${ROOT}/remittanceAdvices?premiumYear=${year}`);
    t.match(json.items, [
      { simulated: true, state: "executed", announcedOn: calendar.decisionOn, executedOn: calendar.decisionOn },
    ]);
    t.match(await simulate("payments", { premiumYear: 2042 }), { status: 400 }, "a year without rules");
  });

  await t.test("events, audit and instants", async (t) => {
    const { json } = await door.alpha(`${ROOT}/events?pageSize=1000`);
    const events = json.items as unknown as { kind: string; simulated?: boolean; occurredAt: string }[];
    const after = events.filter(({ kind }) => /^(payment|socialAdvantage)/.test(kind));
    t.ok(after.length > 20, "there are events");
    t.ok(after.every(({ simulated }) => simulated === true));
    const own = events.filter(({ kind }) => kind === "submissionProcessed");
    t.ok(
      own.length > 0 && own.every(({ simulated }) => simulated === undefined),
      "what the insurer did itself is its own",
    );
    const now = new Date();
    for (const { occurredAt } of after) t.ok(new Date(occurredAt) >= startedAt && new Date(occurredAt) <= now);
    for (const { changedAt } of (await see(door, year)).values()) t.ok(new Date(changedAt) <= now);
    const rows = await door.owner<{ route: string; at: Date; kind: string }[]>`
      select route, at, kind from audit_event where route like '%/simulations/%' and chain_id = ${door.alphaId} order by event_id`;
    t.ok(rows.length > 5);
    t.ok(
      rows.every(({ kind }) => kind === "simulation"),
      "with a kind of their own, once each",
    );
    t.ok(
      rows.every(({ at }) => at >= startedAt && at <= now),
      "by the real clock",
    );
    const [act] = await door.owner<{ document: string }[]>`
      select document from operator_act where document like '%clockSimulated%' order by performed_at limit 1`;
    t.match(JSON.parse(act!.document), {
      act: "clockSimulated",
      by: clientIdOf("0403019261"),
      insurerId: door.alphaId,
    });
  });

  await t.test("with the real days the space goes on", async (t) => {
    const { institute } = door.database;
    const clock = createFixedBusinessClock(addDays(realDay, 1));
    t.equal(await followDays({ institute, clock }), 1);
    t.equal(await followDays({ institute, clock }), 0, "once a day");
    const [space] = await door.owner`select followed_on as day from space`;
    t.equal(space!.day, addDays(calendar.decisionOn, 1));
  });

  await t.test("tokens and grants go by the real clock", async (t) => {
    t.equal((await door.alpha(`${ROOT}/submissions`)).status, 200, "a token of now is good");
    await door.owner`update client_grant set valid_to = ${addDays(realDay, 1)} where insurer_id = ${door.alphaId}`;
    t.equal((await door.alpha(`${ROOT}/submissions`)).status, 200, "so is a grant that ends tomorrow");
  });

  await t.test("contracts stand at the day of the space", async (t) => {
    const { contractId } = (await see(door, year)).get("C-20")!;
    const closed = await door.alpha(`${ROOT}/contracts/${contractId}/close`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": "CLOSE", "If-Match": "*" },
      body: JSON.stringify({ endOn: addDays(realDay, 1), reason: "terminated" }),
    });
    t.match(closed, { status: 200, json: { outcome: "accepted" } }, closed.text);
    const { json } = await door.alpha(`${ROOT}/contracts/${contractId}`);
    t.equal(json.state, "ended", "its last day, tomorrow for everybody else, is over");
  });

  await t.test("nobody else is moved, nor may move", async (t) => {
    await door.owner`update client set scopes = scopes || ${[SCOPES.simulate]} where client_id = ${clientIdOf(BETA)}`;
    const beta = door.callAs(door.betaCertificate, clientIdOf(BETA), { scopes: [SCOPES.simulate] });
    const post = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ days: 1 }) };
    t.match(await beta(`${ROOT}/simulations/clock`, post), { status: 409, json: { detail: /no space of its own/ } });
    const others = await door.owner`select from space where followed_on is not null and insurer_id <> ${door.alphaId}`;
    t.equal(others.length, 0);
    t.match(await door.alpha(`${ROOT}/simulations/clock`, post), { status: 403, json: { type: /:missingScope$/ } });
  });
});

t.test("production has no such route, whatever a token says", async (t) => {
  const door = await openDoor(t, { environmentName: "production" });
  await door.owner`update client set scopes = scopes || ${[SCOPES.simulate]}`;
  const caller = door.callAs(door.alphaCertificate, undefined, { scopes: [SCOPES.simulate] });
  for (const what of ["clock", "evaluations", "decisions", "payments", "registerChanges", "holds", "releases"]) {
    const answer = await caller(`${ROOT}/simulations/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: "{}",
    });
    t.match(answer, { status: 404, json: { type: /:resourceNotFound$/ } }, what);
  }
  t.equal((await caller(`${ROOT}/submissions`)).status, 403, "and the scope is good for nothing else");
});
