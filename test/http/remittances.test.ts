import { parse } from "csv-parse/sync";
import t from "tap";
import { setPaymentScene, TODAY } from "../payments/payment-scene.ts";
import { openDoor, ROOT } from "./open-door.ts";

t.test("an insurer reads its advices, their lines by page and as CSV, and nobody else's", async (t) => {
  const door = await openDoor(t);
  const [beta] = await door.owner<
    { id: number }[]
  >`select insurer_id as id from insurer where insurer_id <> ${door.alphaId}`;
  const scene = await setPaymentScene(door, [door.alphaId, beta!.id]);
  const people = await Promise.all(Array.from({ length: 4 }, () => scene.person()));
  for (const [index, personId] of people.entries()) {
    const insurerId = index < 3 ? door.alphaId : beta!.id;
    await scene.decide(personId, { amountCents: 100 + index, contract: await scene.contract(personId, insurerId) });
  }
  await scene.pay();
  const [own, foreign] = await door.owner<{ id: string; reference: string }[]>`
    select advice_id as id, reference from remittance_advice order by insurer_id = ${beta!.id}`;

  const list = await door.alpha(`${ROOT}/remittanceAdvices`);
  t.equal(list.status, 200);
  t.match(list.json.items, [
    { adviceId: own!.id, totalCents: 303, lineCount: 3, state: "announced", carriedInCents: 0 },
  ]);
  t.equal((await door.alpha(`${ROOT}/remittanceAdvices?premiumYear=2023`)).json.items?.length, 0);
  t.equal((await door.alpha(`${ROOT}/remittanceAdvices/${foreign!.id}`)).status, 404);
  t.equal((await door.alpha(`${ROOT}/remittanceAdvices/${foreign!.id}/lines`)).status, 404);
  t.equal((await door.alpha(`${ROOT}/remittanceAdvices/x`)).status, 404);

  const path = `${ROOT}/remittanceAdvices/${own!.id}`;
  const first = await door.alpha(`${path}/lines?pageSize=2`);
  const second = await door.alpha(String(first.json.next));
  const lines = [...first.json.items!, ...second.json.items!] as unknown as {
    amountCents: number;
    reference: string;
  }[];
  t.strictSame(
    lines.map(({ amountCents }) => amountCents),
    [100, 101, 102],
  );
  t.equal(second.json.next, undefined);
  t.notMatch(first.text, people[0]!, "no line says whose dossier it is");
  const [audited] = await door.owner`
    select cardinality(persons) as persons from audit_event where route like '%/lines' and persons is not null limit 1`;
  t.equal(audited!.persons, 2, "who was read about is on the trail");

  await scene.book(`${own!.reference},,executed,303,${TODAY},`, `${own!.reference},2,returned,101,${TODAY},=closed`);
  const csv = await door.alpha(path, { headers: { Accept: "text/csv" } });
  t.match(csv.headers["content-type"], "text/csv");
  t.match(parse(csv.text, { columns: true }), [
    { lineNumber: "1", amountCents: "100", state: "executed", executedOn: TODAY },
    { lineNumber: "2", amountCents: "101", state: "returned", returnedOn: TODAY, returnReason: "'=closed" },
    { lineNumber: "3", amountCents: "102", kind: "payment" },
  ]);
  t.match((await door.alpha(path)).json, { state: "executed", executedOn: TODAY, totalCents: 303 });
  t.equal((await door.alpha(path, { headers: { Accept: "text/xml" } })).status, 406);
  const events = (await door.alpha(`${ROOT}/events`)).json.items as unknown as Record<string, unknown>[];
  t.match(
    events.filter(({ kind }) => String(kind).startsWith("payment")),
    [
      { kind: "paymentAnnounced", adviceId: own!.id, premiumYear: 2024 },
      { kind: "paymentExecuted", adviceId: own!.id },
      { kind: "paymentReturned", adviceId: own!.id, lineNumber: 2 },
    ],
  );
  const views = (await door.alpha(`${ROOT}/socialAdvantages?premiumYear=2024`)).json.items as unknown as Record<
    string,
    unknown
  >[];
  t.match(
    views
      .map(({ state, payment }) => [state, payment])
      .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    [
      ["paid", { amountCents: 100, paidOn: TODAY }],
      ["paid", { amountCents: 102, paidOn: TODAY }],
      ["toPay", { amountCents: 0, paidOn: TODAY }],
    ],
    "each client's status shows what was paid",
  );
});
