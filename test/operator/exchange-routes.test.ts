import { randomBytes } from "node:crypto";
import t, { type Test } from "tap";
import { createPersonHasher } from "../../src/audit/person-hash.ts";
import { openAccount } from "../../src/exchange/account-registry.ts";
import { listOpenAccounts } from "../../src/exchange/accounts.ts";
import type { DropFolders } from "../../src/exchange/drop-folders.ts";
import type { Exchange } from "../../src/exchange/exchange.ts";
import { serveAccount } from "../../src/exchange/serve-account.ts";
import { createMemoryFolders } from "../exchange/memory-folders.ts";
import { clientIdOf } from "../http/admit-with-client.ts";
import { ALPHA, contractFile, type Door, openDoor, processSubmissions, ROOT, waitForEnd } from "../http/open-door.ts";
import { callAsOperator } from "./admit-operator.ts";

const ANSWERS = `/operator/clients/${clientIdOf(ALPHA)}/sftpAccount/answers`;
const UNKNOWN = "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7a10";
const NAME = `DICO.${ALPHA}.20261122.00001.S`;

/** An account of Alpha's client, its folders in memory, served as told. */
async function openFolders(door: Door) {
  const { intake, database } = door;
  await database.institute.begin((tx) =>
    openAccount(
      tx,
      { account: "test" },
      { clientId: clientIdOf(ALPHA), accountName: "alpha", signatureRequired: false, language: "en" },
    ),
  );
  const [account] = await listOpenAccounts(intake, "alpha");
  const exchange: Exchange = {
    intake,
    persons: createPersonHasher(randomBytes(32)),
    goTimeoutMs: 3_600_000,
    settleMs: 60_000,
    sameSecondMs: 0,
    answerRetentionMs: 86_400_000,
    attempts: 2,
  };
  const memory = createMemoryFolders();
  return {
    ...memory,
    serve: (folders: DropFolders = memory.folders) =>
      // Another object each time: what is looked at now and then only is looked at.
      serveAccount({ ...exchange }, account!, folders, new AbortController().signal),
  };
}

/** Alpha has fetched receipt and report of a file; answers them as they were. */
async function exchangeOne(t: Test, door: Door) {
  const folders = await openFolders(door);
  folders.put(`FI.${NAME}`, contractFile());
  folders.put(`GO.${NAME}`);
  await folders.serve();
  await processSubmissions(t, door);
  const list = await door.alpha(`${ROOT}/submissions`);
  const submissionId = String(list.json.items![0]!.submissionId);
  await waitForEnd(door.alpha, submissionId);
  await folders.serve();
  const names = folders.names("OUT");
  t.equal(names.length, 4, "receipt, report and the GO of each");
  const answers = names.filter((name) => name.startsWith("FO."));
  const texts = answers.map((name) => folders.fetch(name));
  await folders.serve();
  return { folders, submissionId, names, answers, texts };
}

t.test("an operator lists the answers to an account by page and has one written again", async (t) => {
  const door = await openDoor(t);
  const operator = await callAsOperator(t, door);
  t.match(await operator("GET", ANSWERS), { status: 404, json: { detail: /no SFTP account/ } });
  const snapshots = ANSWERS.replace("answers", "statusSnapshots");
  const ask = (enterpriseNumber: string) => operator("POST", snapshots, { enterpriseNumber });
  t.match(await ask(ALPHA), { status: 404, json: { detail: /no account/ } });
  const { folders, submissionId, answers, texts } = await exchangeOne(t, door);

  const first = await operator("GET", `${ANSWERS}?pageSize=1`);
  t.match(first.json, { items: [{ fileName: answers[1], state: "fetched", submissionId }], next: String });
  const second = await operator("GET", first.json.next!);
  t.match(second.json, { items: [{ fileName: answers[0], answeredName: `FI.${NAME}`, state: "fetched" }] });
  t.notOk(second.json.next);

  const { href } = second.json.items![0]!;
  t.match(await operator("GET", href), { status: 200, json: { self: href, fileName: answers[0] } });
  t.match(await operator("POST", `${href}/publish`), { status: 200, json: { self: href, state: "due" } });
  await folders.serve();
  t.equal(folders.fetch(answers[0]!), texts[0], "same number, same content");
  t.notOk(folders.names("OUT").includes(answers[1]!), "and nothing else");
  t.match(await operator("GET", `/operator/answers/${UNKNOWN}`), { status: 404, json: { detail: /no answer/ } });
  t.match(await operator("POST", `/operator/answers/${UNKNOWN}/publish`), { status: 404 });
  const acts = await door.owner`select document::json->>'act' as act from operator_act`;
  t.same([...acts], [{ act: "answerPublished" }], "one act is on record");

  t.match(await ask("0428759497"), { status: 404 }, "the account acts for Alpha alone");
  t.match(await ask("1"), { status: 400 });
  t.match(await ask(ALPHA), { status: 204, json: "" });
  t.match(await ask(ALPHA), { status: 204 }, "on one day the same file");
  const files = await door.owner`select account_name as account, day from status_file where kind = 'snapshot'`;
  t.same([...files], [{ account: "alpha", day: door.intake.clock.today() }]);
});

t.test("an insurer has the answers about its file written again over REST, same numbers, same content", async (t) => {
  const door = await openDoor(t);
  const { folders, submissionId, names, answers, texts } = await exchangeOne(t, door);
  const path = `${ROOT}/submissions/${submissionId}/answers`;
  t.match((await door.alpha(path)).json.items, [
    { fileName: answers[0], code: "ACRF", state: "fetched", href: `${ROOT}/submissions/${submissionId}/receipt` },
    { fileName: answers[1], code: "NOTI", state: "fetched", href: `${ROOT}/submissions/${submissionId}/report` },
  ]);
  t.equal((await door.beta(`${path}/publish`, { method: "POST" })).status, 404, "nobody else does");
  await folders.serve();
  t.same(folders.names("OUT"), []);
  const again = await door.alpha(`${path}/publish`, { method: "POST" });
  t.match(again, { status: 200, json: { self: path, items: [{ state: "due" }, { state: "due" }] } });
  await folders.serve();
  t.same(folders.names("OUT"), names);
  t.same(
    answers.map((name) => folders.text(name)),
    texts,
  );
  t.match((await door.alpha(path)).json.items, [{ state: "waiting" }, { state: "waiting" }]);
});

t.test("an operator lists the files that were set aside by page and has one taken", async (t) => {
  const door = await openDoor(t);
  const operator = await callAsOperator(t, door);
  const folders = await openFolders(door);
  const names = [1, 2, 3].map((number) => `FI.DICO.${ALPHA}.20261122.0000${number}.S`);
  for (const [index, name] of names.entries()) {
    folders.put(name, contractFile({ reference: `R-${index}` }));
    folders.put(name.replace("FI", "GO"));
  }
  const broken: DropFolders = {
    ...folders.folders,
    read: () => {
      throw new Error("no such luck");
    },
  };
  for (let round = 0; round < 2; round += 1) {
    await door.owner`update exchange_drop set retry_at = null`;
    await folders.serve(broken);
  }
  const first = await operator("GET", "/operator/setAsideDrops?pageSize=2");
  const second = await operator("GET", first.json.next!);
  t.notOk(second.json.next);
  const items = [...first.json.items!, ...second.json.items!];
  t.match(
    items,
    names.map((name) => ({ accountName: "alpha", name, trouble: "processingFailed", attempts: 2 })),
  );
  const { href } = items[1]!;
  t.match(await operator("GET", href), { status: 200, json: { self: href, name: names[1] } });
  t.match(await operator("POST", `${href}/replay`), { status: 204 });
  t.match(await operator("POST", `${href}/replay`), { status: 404, json: { detail: /was set aside/ } });
  t.equal((await operator("GET", href)).status, 404);
  t.match(await folders.serve(), { decided: 1, waiting: 2 });
  t.same(folders.names("IN").includes(names[1]!), false, "it was taken");
});
