import t from "tap";
import { openAccount } from "../../../src/exchange/account-registry.ts";
import { insertAnswer, listDueAnswers, markFetched, markPublished } from "../../../src/exchange/answers.ts";
import { inamiNumberOf } from "../../../src/spaces/numbers/synthetic-number.ts";
import { addDays } from "../../../src/spaces/space-days.ts";
import { claimSubscriptions } from "../../../src/webhooks/claim.ts";
import { deliverRound } from "../../../src/webhooks/deliver-round.ts";
import { createSecretBox } from "../../../src/webhooks/secret-box.ts";
import { clientIdOf } from "../../http/admit-with-client.ts";
import { ALPHA, type AnyItem, contractFile, digestOf, ROOT, send, waitForEnd } from "../../http/open-door.ts";
import { GROUP, openSpace } from "./open-space.ts";

type Loose = Readonly<Record<string, unknown>>;

t.test("what goes wrong behind an insurer's back can be had at will, and says so", async (t) => {
  const { door, realDay, simulate } = await openSpace(t);
  const { owner, database, alphaId } = door;
  const tenant = database.asInsurer(alphaId);
  const events = async () => (await door.alpha(`${ROOT}/events?pageSize=1000`)).json.items as unknown as Loose[];
  const delta = (sequence: number) =>
    contractFile({ reference: `DELTA-${sequence}` }).replace(
      'kind="initialLoad"',
      `kind="delta" sequence="${sequence}"`,
    );

  await t.test("a submission is held, those behind it wait, and all run once it is released", async (t) => {
    t.match(await simulate("holds"), { status: 200, json: { simulated: true } });
    t.equal((await simulate("holds")).status, 200, "twice is the same");
    const body = delta(1).replace("DELTA-1", "DRY");
    const headers = { "Content-Type": "application/xml", "Content-Digest": digestOf(body) };
    const dryRun = await door.alpha(`${ROOT}/submissions?dryRun=true`, { method: "POST", headers, body });
    t.match((await waitForEnd(door.alpha, dryRun.json.submissionId!)).json, { state: "tested" });
    const first = (await send(door.alpha, delta(1))).json;
    t.match(first, { state: "held" }, "its receipt says so");
    const second = (await send(door.alpha, delta(2))).json;
    const shown = await door.alpha(`${ROOT}/submissions/${first.submissionId}`);
    t.match(shown.json, { state: "held", heldReason: "simulation" });
    t.match((await door.alpha(`${ROOT}/submissions/${second.submissionId}`)).json, {
      state: "held",
      heldReason: "predecessorHeld",
    });
    const unknown = await simulate("releases", { submissionId: "019aa9d2-5e11-7a0b-8c44-0b6f9a2d1e77" });
    t.equal(unknown.status, 400);
    t.match(
      await simulate("releases", { submissionId: second.submissionId }),
      { status: 409 },
      "not held by a simulation",
    );
    t.equal((await simulate("releases", { submissionId: first.submissionId })).status, 200);
    t.match((await waitForEnd(door.alpha, first.submissionId!)).json, { state: "processed" });
    t.match((await waitForEnd(door.alpha, second.submissionId!)).json, { state: "processed" });
    t.equal((await simulate("releases", { submissionId: first.submissionId })).status, 409);
    const told = (await events()).filter(({ submissionId }) => submissionId === first.submissionId);
    t.same(
      told.map(({ kind, simulated }) => [kind, simulated]),
      [
        ["submissionHeld", true],
        ["submissionReleased", true],
        ["submissionProcessed", undefined],
      ],
    );
    const third = (await send(door.alpha, delta(3))).json;
    t.match((await waitForEnd(door.alpha, third.submissionId!)).json, { state: "processed" }, "only one was ordered");
  });

  await t.test("the register changes a number of the space, and no other", async (t) => {
    const number = inamiNumberOf(GROUP, "00");
    const expired = await simulate("registerChanges", {
      inamiNumber: number,
      change: "expired",
      on: addDays(realDay, -1),
    });
    t.match(expired, { status: 200, json: { changed: true, today: realDay, simulated: true } });
    const rechecked = async () => (await events()).filter(({ kind }) => kind === "contractRechecked");
    let found = await rechecked();
    for (let attempt = 0; found.length === 0 && attempt < 200; attempt += 1) {
      await database.plain`select pg_sleep(0.05)`;
      found = await rechecked();
    }
    t.match(found[0], { contractNumber: "C-00", findingCodes: ["inamiNumberExpired"], simulated: true });
    const again = await simulate("registerChanges", {
      inamiNumber: number,
      change: "expired",
      on: addDays(realDay, -1),
    });
    t.match(again, { status: 200, json: { changed: false } });
    const by = inamiNumberOf(GROUP, "10");
    t.match(await simulate("registerChanges", { inamiNumber: number, change: "replaced", replacedBy: by }), {
      json: { changed: true },
    });
    t.equal((await simulate("registerChanges", { inamiNumber: number, change: "replaced" })).status, 400, "by none");
    t.match(
      await simulate("registerChanges", { inamiNumber: by, change: "replaced", replacedBy: number }),
      { status: 400, json: { issues: [{ name: "replacedBy" }] } },
      "by one that it replaced",
    );
    t.match(
      await simulate("registerChanges", { inamiNumber: number, change: "expired", on: "1990-01-01" }),
      { status: 400, json: { issues: [{ name: "on" }] } },
      "before it was valid",
    );
    t.equal(
      (await simulate("registerChanges", { inamiNumber: number, change: "deceased", on: "2026-02-30" })).status,
      400,
    );
    t.match(await simulate("registerChanges", { inamiNumber: number, change: "restored" }), {
      json: { changed: true },
    });
    for (const foreign of [inamiNumberOf(GROUP + 1, "00"), inamiNumberOf(0, "00"), "12345625001"])
      t.match(
        await simulate("registerChanges", { inamiNumber: foreign, change: "deceased" }),
        { status: 400 },
        foreign,
      );
    const [others] = await owner<{ count: number }[]>`
      select count(*)::int as count from provider_version v join register_change c using (change_id)
      where c.simulated and v.inami_root not like ${`9${GROUP}%`}`;
    t.equal(others!.count, 0);
  });

  await t.test("answers are lost, late or doubled", async (t) => {
    const clientId = clientIdOf(ALPHA);
    const account = { clientId, accountName: "alpha", signatureRequired: false, language: "en" } as const;
    await database.institute.begin((tx) => openAccount(tx, { account: "test" }, account));
    const answer = (code: "ACRF" | "NOTI", answeredName: string) =>
      tenant.run((tx) =>
        insertAnswer(
          tx,
          {
            ...{ insurerId: alphaId, enterpriseNumber: ALPHA, accountName: "alpha", code, day: realDay, letter: "S" },
            ...{ answeredName, reportDue: false },
          },
          Buffer.from("<answer/>"),
        ),
      );
    const due = async () => (await listDueAnswers(tenant, "alpha")).map(({ fileName }) => fileName);
    await simulate("answerFaults", { fault: "lost", code: "NOTI" });
    t.notOk((await answer("ACRF", "one")).isHeldBack, "one of another kind comes");
    t.ok((await answer("NOTI", "two")).isHeldBack);
    t.equal((await due()).length, 1, "the lost one is never written");
    await simulate("answerFaults", { fault: "delayed", delaySeconds: 3600 });
    t.ok((await answer("NOTI", "three")).isHeldBack);
    t.equal((await due()).length, 1, "the late one is not yet");
    await owner`update exchange_answer set not_before = now() where not_before is not null`;
    t.equal((await due()).length, 2, "but then");
    await simulate("answerFaults", { fault: "doubled" });
    const doubled = await answer("NOTI", "four");
    await markPublished(tenant, doubled.answerId);
    await markFetched(tenant, "alpha", []);
    t.ok((await due()).includes(doubled.fileName), "once it was fetched it comes again");
    await markPublished(tenant, doubled.answerId);
    await markFetched(tenant, "alpha", []);
    t.notOk((await due()).includes(doubled.fileName), "and no third time");
    t.equal((await simulate("answerFaults", { fault: "doubled", fileName: doubled.fileName })).status, 200);
    t.ok((await due()).includes(doubled.fileName), "one that was fetched comes once more");
    const none = await simulate("answerFaults", { fault: "doubled", fileName: "FO.NOTI.0" });
    t.equal(none.status, 400);
    const [marked] = await owner`select count(*)::int as count from exchange_answer where simulated`;
    t.equal(marked!.count, 3);
    await owner`insert into simulation_order (insurer_id, kind) select ${alphaId}, 'loseAnswer' from generate_series(1, 99)`;
    t.equal((await simulate("answerFaults", { fault: "delayed" })).status, 200);
    const full = await simulate("answerFaults", { fault: "lost" });
    t.match(full, { status: 409, json: { detail: /100 faults wait/ } }, "they are not piled up without end");
  });

  await t.test("a webhook breaks for a time", async (t) => {
    const [webhook] = await owner<{ id: string }[]>`
      insert into webhook_subscription (insurer_id, client_id, url, position)
      values (${alphaId}, ${clientIdOf(ALPHA)}, 'https://hooks.alpha.example/', 0) returning subscription_id as id`;
    const subscriptionId = webhook!.id;
    const broken = await simulate("webhookFaults", { subscriptionId, fault: "errorStatus", seconds: 600 });
    t.match(broken, { status: 200, json: { brokenUntil: String, simulated: true } });
    const shown = await door.alpha(`${ROOT}/webhookSubscriptions/${subscriptionId}`);
    t.match(shown.json, { brokenFault: "errorStatus" });
    let sent = 0;
    const round = async () => {
      await owner`update webhook_subscription set due_at = now(), claim = null, claimed_until = null`;
      const burdensome = (await owner`select from webhook_subscription where failures > 0`).length > 0;
      const [claim] = await claimSubscriptions(database, { burdensome, limit: 1, leaseMs: 60_000, today: realDay });
      const post = async () => {
        sent += 1;
        return { status: 204, durationMs: 1 };
      };
      return await deliverRound({
        ...{
          tenant,
          claim: claim!,
          api: "https://api.example",
          leaseMs: 60_000,
          box: createSecretBox(Buffer.alloc(32)),
        },
        openEndpoint: () => ({ post, close() {} }),
        signal: new AbortController().signal,
      });
    };
    t.match(await round(), { failures: 1 });
    t.match(await round(), { failures: 2 });
    t.equal(sent, 0, "nothing was sent");
    const log = (await door.alpha(`${ROOT}/webhookSubscriptions/${subscriptionId}/deliveries`)).json.items!;
    t.match(
      log as readonly AnyItem[],
      [
        { outcome: "failed", fault: "errorStatus", status: 503, attempt: 2, simulated: true },
        { outcome: "failed", attempt: 1, simulated: true },
      ] as never,
    );
    t.equal((await simulate("webhookFaults", { subscriptionId, fault: "errorStatus", seconds: 0 })).status, 200);
    t.match(await round(), { failures: 0 });
    t.ok(sent > 0, "mended, it takes what waits");
    const foreign = { subscriptionId: "019aa9d2-5e11-7a0b-8c44-0b6f9a2d1e77", fault: "gone", seconds: 1 };
    t.equal((await simulate("webhookFaults", foreign)).status, 400);
  });
});
