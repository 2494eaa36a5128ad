import t from "tap";
import { listAnswers, publishAgain } from "../../src/operator/answers.ts";
import { listNotices } from "../../src/operator/notices.ts";
import { listSetAside, replayDrop } from "../../src/operator/set-aside-drops.ts";
import { composeFile } from "../flows/compose-file.ts";
import { openExchange } from "./open-exchange.ts";

const DAY_MS = 86_400_000;
const ACTOR = { account: "test" };

t.test("answers wait until they are fetched, then for ever with us", async (t) => {
  const flow = await openExchange(t, { answerRetentionMs: 90 * DAY_MS });
  const account = await flow.open();
  const { institute } = flow.database;
  account.put(`FI.${account.name()}`, composeFile({ sender: account.insurer.enterpriseNumber, reference: "R-1" }));
  account.put(`GO.${account.name()}`);
  await account.serve();
  await flow.processAll();
  await account.serve();
  const names = account.names("OUT");
  t.equal(names.length, 4);
  const texts = names.map((name) => account.text(name));
  const age = (days: number) =>
    flow.owner`update exchange_answer set published_at = now() - ${days} * interval '1 day'`;
  const notices = () => listNotices(flow.database.asInsurer(account.insurer.insurerId), { limit: 10 });
  const states = async () =>
    (await listAnswers(institute, { accountName: account.accountName, limit: 10 })).map(({ state }) => state);

  await age(82);
  await account.serve({});
  t.same(await notices(), [], "for a long time nothing happens");
  await age(84);
  await account.serve({});
  t.match(await notices(), [{ kind: "answersExpire", details: { subject: account.accountName, daysBefore: 7 } }]);
  await account.serve({});
  t.equal((await notices()).length, 1, "one notice, once");
  t.strictSame(account.names("OUT"), names);
  await age(91);
  await account.serve({});
  t.strictSame(account.names("OUT"), []);
  t.strictSame(await states(), ["removed", "removed"]);

  await t.test("an operator has them produced again, same number, same content", async (t) => {
    for (const { answerId } of await listAnswers(institute, { accountName: account.accountName, limit: 10 })) {
      t.match(await institute.begin((tx) => publishAgain(tx, ACTOR, { answerId })), { act: "answerPublished" });
    }
    t.strictSame(await states(), ["due", "due"]);
    await account.serve();
    t.strictSame(account.names("OUT"), names);
    t.strictSame(
      names.map((name) => account.text(name)),
      texts,
    );
    t.strictSame(await states(), ["waiting", "waiting"]);
    for (const name of names) if (name.startsWith("FO")) account.fetch(name);
    await account.serve();
    t.strictSame(await states(), ["fetched", "fetched"]);
    await t.rejects(
      institute.begin((tx) => publishAgain(tx, ACTOR, { answerId: "x" })),
      { code: "answerNotFound" },
    );
  });
});

t.test("an operator hands a file that was set aside to the next round", async (t) => {
  const flow = await openExchange(t);
  const account = await flow.open();
  const { institute } = flow.database;
  const { accountName } = account;
  const name = `FI.${account.name()}`;
  account.put(name, composeFile({ sender: account.insurer.enterpriseNumber, reference: "R-1" }));
  account.put(`GO.${account.name()}`);
  const broken = {
    ...account.folders,
    read: () => {
      throw new Error("no such luck");
    },
  };
  for (let round = 0; round < 3; round += 1) {
    await flow.owner`update exchange_drop set retry_at = null`;
    await flow.serve(accountName, { folders: broken });
  }
  t.match(await listSetAside(institute, { limit: 10 }), [
    { accountName, name, trouble: "processingFailed", attempts: 3 },
  ]);
  t.match(await account.serve(), { decided: 0, waiting: 1 });
  t.match(await institute.begin((tx) => replayDrop(tx, ACTOR, { accountName, name })), { act: "dropReplayed" });
  t.match(await account.serve(), { decided: 1, waiting: 0 });
  await t.rejects(
    institute.begin((tx) => replayDrop(tx, ACTOR, { accountName, name })),
    { code: "dropNotFound" },
  );
});
