import { Counter, Registry } from "prom-client";
import t from "tap";
import { evaluateWhatIsDue } from "../../src/advantage/keep-evaluated.ts";
import { type NewAlarm, raiseAlarm, raiseUnlessSeen } from "../../src/operations/alarms.ts";
import { listActiveProviders } from "../../src/synthetic/fact-file.ts";
import { SHIPPED_YEARS } from "../advantage/dossiers.ts";
import { callAsOperator } from "../http/call-as-operator.ts";
import { openDoor, ROOT } from "../http/open-door.ts";

const [DENTIST, OTHER] = [...listActiveProviders(2)].map(({ inamiNumber, ssin }) => ({ inamiNumber, ssin }));
const HEADER = "inamiNumber,ssin,validFrom,validTo,replacedBy,deceasedOn";

t.test("operators evaluate and decide a year over REST, and see persons who cannot be made one", async (t) => {
  const door = await openDoor(t);
  const { institute } = door.database;
  const operator = await callAsOperator(t, door);
  const post = (path: string, body: object) =>
    operator(`${ROOT}/operator/${path}`, {
      ...{ method: "POST", headers: { "Content-Type": "application/json" } },
      body: JSON.stringify(body),
    });
  const loadRegister = async (...rows: string[]) => {
    const body = [HEADER, ...rows, ""].join("\n");
    const headers = { "Content-Type": "text/csv" };
    t.match(await operator(`${ROOT}/operator/register`, { method: "POST", headers, body }), { status: 200 });
  };
  await loadRegister(
    `${DENTIST!.inamiNumber},${DENTIST!.ssin},2000-01-01,,,`,
    `${OTHER!.inamiNumber},${OTHER!.ssin},2000-01-01,,,`,
  );
  const facts = [DENTIST!, OTHER!].flatMap(({ inamiNumber }) => [
    { kind: "profession", inamiNumber, profession: "dentist", firstInamiNumberOn: "2009-09-01" },
    { kind: "recognition", inamiNumber, from: "2009-09-01" },
    { kind: "activity", inamiNumber, year: 2024, measures: { provisions: 299 } },
  ]);
  const loaded = await operator(`${ROOT}/operator/facts?name=two`, {
    ...{ method: "POST", headers: { "Content-Type": "application/x-ndjson" } },
    body: facts.map((fact) => JSON.stringify(fact)).join("\n"),
  });
  t.match(loaded, { status: 201, json: { accepted: 6 } });

  t.match(await post("evaluations", { premiumYear: 2099 }), {
    status: 400,
    json: { issues: [{ name: "premiumYear" }] },
  });
  t.match(await post("decisions", { premiumYear: 2099 }), { status: 400 });
  t.match(await post("evaluations", { premiumYear: "2024" }), { status: 400 });
  const businessDate = door.intake.clock.today();
  const year = { premiumYear: 2024, businessDate };
  const states = async () =>
    (await institute`select state, moved_by as by from dossier order by person_id`).map(
      ({ state, by }) => `${state} ${by}`,
    );
  t.same(
    (await post("decisions", { premiumYear: 2024 })).json,
    { ...year, decided: 0, left: 0 },
    "nothing was evaluated",
  );
  t.match(await post("evaluations", { premiumYear: 2024 }), { status: 200, json: { ...year, evaluated: 2, moved: 2 } });
  t.same(await states(), ["evaluated client-operator", "evaluated client-operator"]);
  t.match(await post("evaluations", { premiumYear: 2024 }), { json: { evaluated: 2, moved: 0 } }, "again is harmless");
  t.match(await post("decisions", { premiumYear: 2024 }), { status: 200, json: { ...year, decided: 2, left: 0 } });
  t.same(await states(), ["decided client-operator", "decided client-operator"]);
  const acts = await door.owner<{ act: string }[]>`
    select document::jsonb->>'act' as act from operator_act where document like '%Ordered%' order by performed_at`;
  t.same(
    acts.map(({ act }) => act),
    ["decisionOrdered", "evaluationOrdered", "evaluationOrdered", "decisionOrdered"],
    "each is on record",
  );

  await t.test("the register says of two persons with decisions that they are one", async (t) => {
    const lines: { code: string }[] = [];
    const log = { error: (line: { code: string }) => void lines.push(line) };
    const metric = new Counter({ name: "alarms", help: "of all", labelNames: ["code"], registers: [new Registry()] });
    const raise = (alarm: NewAlarm) => raiseAlarm(door.database, log, metric, alarm);
    // As the gateway wires it, src/app.ts.
    const follow = () =>
      evaluateWhatIsDue({
        ...{ institute, clock: door.intake.clock, loadRules: async () => SHIPPED_YEARS },
        onUnmergeable: (persons) =>
          raiseUnlessSeen(door.database, raise, { code: "personsNotMerged", details: { ...persons } }),
      });
    await follow();
    t.same(lines, [], "they are two");
    await loadRegister(`${OTHER!.inamiNumber},${DENTIST!.ssin},2000-01-01,,,`);
    await follow();
    const persons = (await institute<{ id: string }[]>`select person_id as id from person order by 1`).map(
      ({ id }) => id,
    );
    t.equal(persons.length, 2, "both stay");
    const open = async () => (await operator(`${ROOT}/operator/alarms?open=true`)).json.items!;
    const [alarm, ...others] = await open();
    t.match(alarm, { code: "personsNotMerged", details: { personId: String, otherPersonId: String } });
    const { details } = alarm as unknown as { details: Record<string, string> };
    t.same(Object.values(details).sort(), persons);
    t.same(others, []);
    t.match(lines, [{ code: "personsNotMerged", details }]);
    t.match((await metric.get()).values, [{ labels: { code: "personsNotMerged" }, value: 1 }]);

    await follow();
    t.equal(lines.length, 1, "the register did not change");
    t.match(await operator(`${String(alarm!.href)}/acknowledge`, { method: "POST" }), { status: 200 });
    await loadRegister(`${OTHER!.inamiNumber},${DENTIST!.ssin},2001-01-01,,,`);
    await follow();
    t.same(await open(), [], "it lasts, and operators know");
    t.equal(lines.length, 1);
  });
});
