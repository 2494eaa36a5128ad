import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { createPersonHasher } from "../../src/audit/person-hash.ts";
import { runInfoss } from "../../src/cli/infoss.ts";
import { addressOf } from "../operator/run-infoss.ts";
import { openPaymentScene, TODAY, YEAR } from "../payments/payment-scene.ts";

const NEW_IBAN = "BE91001000000076";

t.test("the commands of payments tell a whole story", async (t) => {
  const scene = await openPaymentScene(t);
  const { owner } = scene;
  const databaseUrl = addressOf(owner);
  const auditKeyFile = join(t.testdir({ "audit-key": "the key of the audit trail, long enough for one" }), "audit-key");
  async function infoss(words: string, account = "anna") {
    const written: string[] = [];
    const said: string[] = [];
    const status = await runInfoss([...words.split(" "), "--environment", "validation"], {
      readSettings: () => ({
        ...{ environment: "validation", databaseUrl, databaseFolder: "", signingKeysFolder: "", auditKeyFile },
        readiness: { errorPercent: 10 },
      }),
      ...{ account, today: TODAY, readInput: async () => "" },
      write: (text) => written.push(text),
      say: (text) => said.push(text),
    });
    return { status, stdout: written.join(""), stderr: said.join("") };
  }

  const [personId, own] = [await scene.person(), await scene.person()];
  await scene.decide(personId, {
    amountCents: 318_012,
    contract: await scene.contract(personId, scene.insurers[0]),
  });
  await scene.decide(own, { amountCents: 250_000 });
  await owner`insert into person_ssin values ('85073003328', ${own})`;

  await t.test("accounts take two operators", async (t) => {
    const proposed = await infoss(`payments iban propose 0403019261 ${NEW_IBAN}`);
    t.match(proposed, { status: 0, stdout: /^ibanProposed: .*iban BE91 … 0076\n$/ });
    const proposal = /proposalId ([0-9a-f-]{36})/.exec(proposed.stdout)![1]!;
    t.match(await infoss(`payments iban confirm ${proposal}`), { status: 1, stderr: /another operator must/ });
    t.match(await infoss(`payments iban confirm ${proposal} --as bert`), { status: 2, stderr: /--as is not taken/ });
    t.match(await infoss(`payments iban propose 0403019261 BE03001000000076`), { status: 1, stderr: /no IBAN/ });
    t.match(await infoss(`payments iban propose 0403019261 ${NEW_IBAN}`), { status: 1, stderr: /Another account/ });
    t.match(await infoss(`payments iban confirm ${proposal}`, "bert"), { status: 0 });
    t.match(await infoss(`payments iban confirm ${proposal}`, "carl"), { status: 1, stderr: /no account proposed/ });
    const [notice] = await owner`select kind, details from notice where insurer_id = ${scene.insurers[0]}`;
    t.match(notice, { kind: "ibanChanged", details: { subject: "BE91 … 0076" } });
    const rejected = await infoss(`payments iban propose 0403019261 BE62510007547061`, "bert");
    await infoss(`payments iban reject ${/proposalId ([0-9a-f-]{36})/.exec(rejected.stdout)![1]}`, "bert");
    t.match((await infoss("payments iban list 0403019261")).stdout, /0403019261 +BE62510007547061 +rejected/);

    const file = join(t.testdir(), "accounts.csv");
    writeFileSync(file, "ssin,iban\n85073003328,BE68 5390 0754 7034\n17073003384,BE62510007547061\n");
    t.match(await infoss(`payments provider-ibans propose ${file}`), { status: 1, stderr: /Line 3 .*nobody/ });
    writeFileSync(file, "ssin,iban\n85073003328,BE68 5390 0754 7034\n");
    const given = await infoss(`payments provider-ibans propose ${file}`);
    const batch = /proposalId ([0-9a-f-]{36})/.exec(given.stdout)![1]!;
    t.match(await infoss(`payments provider-ibans confirm ${batch}`), { status: 1, stderr: /another operator/ });
    t.match(await infoss(`payments provider-ibans confirm ${batch}`, "bert"), { status: 0, stdout: /accounts 1\n$/ });
  });

  t.match((await infoss(`payments preview ${YEAR}`)).stdout, /0403019261 +- +1 +318012 +0 +0\n- +- +1 +250000/);
  t.match(await infoss("payments run 2999"), { status: 2, stderr: /premium year/ });
  t.match(await infoss("payments run 2018"), { status: 1, stderr: /No rules of premium year 2018/ });
  const made = await infoss(`payments run ${YEAR}`);
  t.match(made, { status: 0, stdout: /^paymentRunMade: .*lines 1, providers 1, finished 0\n$/ });
  const runId = /runId ([0-9a-f-]{36})/.exec(made.stdout)![1]!;
  t.match(await infoss(`payments export ${runId}`), { status: 1, stderr: /is prepared: it has no list/ });

  // An account that is changed now is the next run's.
  const late = await infoss("payments iban propose 0403019261 BE62510007547061");
  await infoss(`payments iban confirm ${/proposalId ([0-9a-f-]{36})/.exec(late.stdout)![1]}`, "bert");
  t.match(await infoss(`payments order ${runId}`), { status: 0, stdout: /advices 1, withheld 0, netted 0\n$/ });
  const list = await infoss(`payments export ${runId}`);
  t.match(list.stdout, new RegExp(`^9\\d{11},insurer,Alpha,0403019261,${NEW_IBAN},318012\r$`, "m"));
  t.match(list.stdout, /^9\d{11},provider,INAMI ,,BE68539007547034,250000\r$/m);
  t.equal((await infoss(`payments export ${runId}`)).stdout, list.stdout);
  t.match(await infoss(`payments export ${runId} --format pain001`), { status: 2, stderr: /--from-iban/ });
  const xml = await infoss(`payments export ${runId} --format pain001 --from-iban BE68539007547034 --from-name I`);
  t.match(xml.stdout, /<CtrlSum>5680\.12<\/CtrlSum>/);

  const references = [...list.stdout.matchAll(/^(9\d{11}),.*,(\d+)\r$/gm)];
  const file = join(t.testdirName, "booked.csv");
  const rows = references.map(([, reference, cents]) => `${reference},,executed,${cents},${TODAY},`);
  writeFileSync(
    file,
    ["reference,line,outcome,amountCents,bookedOn,reason", "900000000000,,executed,1,x,", ...rows].join("\n"),
  );
  t.match(await infoss(`payments import ${file}`), {
    status: 0,
    stdout: /^paymentsImported: .*applied 2, unchanged 0, rejected 1/,
    stderr: /line 2: paymentUnknown\n$/,
  });
  t.strictSame([await scene.state(personId), await scene.state(own)], ["paid", "paid"]);
  t.match((await infoss(`payments list ${runId}`)).stdout, /0403019261 +9\d{11} +executed +1 +318012 +0 +318012 +0/);
  t.match((await infoss("payments list")).stdout, new RegExp(`${runId} +${YEAR} +1 +ordered`));
  t.equal((await infoss("payments carried")).stdout, "none\n");
  writeFileSync(file, "wrong\n");
  t.match(await infoss(`payments import ${file}`), { status: 1, stderr: /Line 1 must be the header/ });

  const acts = await owner<{ act: string; audited: boolean }[]>`
    select a.document::jsonb ->> 'act' as act, exists (select from audit_event e where e.transaction_id = a.transaction_id
      and e.request_sha256 = sha256(convert_to(a.document, 'UTF8'))) as audited from operator_act a order by performed_at`;
  t.ok(
    acts.every(({ audited }) => audited),
    "each act is on the audit trail",
  );
  const isRead = ({ act }: { act: string }) => act === "paymentListRead";
  t.strictSame(
    acts
      .filter((one) => !isRead(one))
      .slice(-3)
      .map(({ act }) => act),
    ["ibanConfirmed", "paymentRunOrdered", "paymentsImported"],
  );
  const hash = createPersonHasher(readFileSync(auditKeyFile)).hashSsin("85073003328");
  const seen = await owner`select from audit_event where route = 'infoss payments export' and ${hash} = any(persons)`;
  t.equal(seen.length, acts.filter(isRead).length, "and whoever is on a list that was read is found");
  t.ok(seen.length > 0);
});
