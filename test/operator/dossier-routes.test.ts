import t from "tap";
import { decideDossiers } from "../../src/advantage/dossier-acts.ts";
import { evaluateAllDossiers } from "../../src/advantage/evaluate-dossiers.ts";
import { runTransaction } from "../../src/database/run-transaction.ts";
import { listActiveProviders } from "../../src/synthetic/fact-file.ts";
import { rulesOf } from "../advantage/dossiers.ts";
import { callAsOperator } from "../http/call-as-operator.ts";
import { openDoor, ROOT } from "../http/open-door.ts";

const [DENTIST] = [...listActiveProviders(1)];
const OF = { inamiNumber: DENTIST!.inamiNumber };
const FACTS = [
  { kind: "profession", ...OF, profession: "dentist", firstInamiNumberOn: "2009-09-01" },
  { kind: "recognition", ...OF, from: "2009-09-01" },
  { kind: "convention", ...OF, convention: "full", from: "2009-09-01" },
  { kind: "activity", ...OF, year: 2024, measures: { provisions: 299 } },
  { kind: "activity", ...OF, year: 2024, measures: { hours: 1 } },
];

t.test("facts come in, dossiers are explained, contested and revised by another person", async (t) => {
  const door = await openDoor(t);
  const { institute } = door.database;
  const operator = await callAsOperator(t, door);
  await door.owner`insert into provider (inami_root, inami_number, ssin, valid_from)
    values (${OF.inamiNumber.slice(0, 8)}, ${OF.inamiNumber}, ${DENTIST!.ssin}, '2000-01-01') on conflict do nothing`;
  const send = (lines: readonly object[], more: object = {}) =>
    operator(`${ROOT}/operator/facts?name=dentists`, {
      method: "POST",
      headers: { "Content-Type": "application/x-ndjson", ...more },
      body: lines.map((line) => JSON.stringify(line)).join("\n"),
    });

  const wrong = await send(FACTS, { "Content-Digest": `sha-256=:${"A".repeat(43)}=:` });
  t.match(wrong, { status: 400 }, "what is not what was announced is not loaded");
  const loaded = await send(FACTS);
  t.match(loaded, {
    status: 201,
    json: { lines: 5, accepted: 4, rejected: 1, persons: 1, name: "dentists", loadedBy: "client-operator" },
  });
  t.match(await send(FACTS), { status: 200, json: loaded.json }, "again is harmless");
  const { self, findings } = loaded.json as unknown as { self: string; findings: { href: string } };
  t.match(await operator(self), { status: 200, json: loaded.json });
  t.match(await operator(`${ROOT}/operator/facts?pageSize=1`), { json: { items: [{ href: self }] } });
  t.match(await operator(findings.href), {
    json: { findings: [{ line: 5, code: "measureUnknown", severity: "error" }] },
  });

  const run = { rules: rulesOf(2024), movedBy: "system", cause: "test", movedAt: new Date().toISOString() };
  await evaluateAllDossiers(institute, { ...run, businessDate: "2025-07-01" });
  const [row] = await institute<{ id: string }[]>`select person_id as id from dossier`;
  const today = door.intake.clock.today();
  await runTransaction(institute, (tx) => decideDossiers(tx, { ...run, businessDate: today }, [row!.id]));

  const json = { "Content-Type": "application/json" };
  const found = await operator(`${ROOT}/operator/dossiers/query`, {
    ...{ method: "POST", headers: json },
    body: JSON.stringify({ number: DENTIST!.ssin }),
  });
  t.match(found, { status: 200, json: { items: [{ premiumYear: 2024, state: "decided", outcome: "none" }] } });
  const { href } = (found.json as { items: { href: string }[] }).items[0]!;
  t.match(await operator(href), {
    status: 200,
    json: {
      moves: [
        { toState: "open" },
        { toState: "evaluated", reasons: ["activityTooLow", "noContract"] },
        { toState: "decided" },
      ],
      explanation: { reproduced: true, businessDate: "2025-07-01" },
    },
  });
  const second = (await operator(`${href}/moves/2`)).json as unknown;
  const { checks } = (second as { explanation: { checks: { rule: string }[] } }).explanation;
  t.match(
    checks.filter(({ rule }) => rule === "boundReached"),
    [{ about: "dentist full", passed: false, seen: ["299"], bound: ["300"], rulesVersion: 1 }],
  );
  t.match(await operator(`${href}/moves/1`), { status: 200, json: { moveNumber: 1 } }, "nothing was evaluated then");
  t.match(await operator(`${href}/moves/9`), { status: 404 });

  const post = (what: string, body?: object) =>
    operator(`${href}/${what}`, { method: "POST", ...(body && { headers: json, body: JSON.stringify(body) }) });
  t.match(await post("withdraw"), { status: 409 }, "what is decided is not withdrawn");
  t.match(await post("contest", { on: "2019-01-01" }), { status: 409 }, "before the decision");
  t.match(await post("contest", { on: today }), { status: 200, json: { state: "contested" } });
  t.match(await post("revise"), { status: 409, json: { detail: /cannot be the one who decides/ } });

  const acts = await door.owner<
    { act: string }[]
  >`select document::jsonb->>'act' as act from operator_act order by performed_at`;
  t.strictSame(
    acts.map(({ act }) => act).filter((act) => act.startsWith("dossier") || act.startsWith("facts")),
    [
      "factsLoaded",
      "factsLoaded",
      "dossiersSought",
      ...Array(3).fill("dossierExplained"),
      "dossierContested",
      "dossierExplained",
    ],
    "each is on record",
  );
  const about = door.persons.hashPerson({ ssins: [DENTIST!.ssin], inamiNumbers: [OF.inamiNumber] });
  const seen = await door.owner<{ route: string }[]>`
    select replace(route, ${`${ROOT}/operator/dossiers`}, '') as route from audit_event
    where kind = 'operatorAct' and ${about[0]!} = any(persons) and ${about[1]!} = any(persons) order by event_id`;
  const one = "/:personId/:premiumYear";
  t.strictSame(
    seen.map(({ route }) => route),
    ["/query", one, ...Array(2).fill(`${one}/moves/:moveNumber`), ...Array(2).fill(`${one}/contest`)],
    "and found by whoever asks who saw that person's data",
  );
});
