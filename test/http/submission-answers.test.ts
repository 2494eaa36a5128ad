import { compactVerify, createLocalJWKSet } from "jose";
import t from "tap";
import {
  BELGIF,
  contractFile,
  isProblem,
  KNOWN_INAMI_NUMBER,
  OWN,
  openDoor,
  processSubmissions,
  ROOT,
  send,
  waitForEnd,
} from "./open-door.ts";

const SUBMISSIONS = `${ROOT}/submissions`;
const INVALID = "12345600001";
const UNKNOWN = "30000318001";

const door = await openDoor(t);

// Two that wait while nobody processes, for what holds before the end.
const waiting = await send(door.alpha, contractFile({ reference: "WAITING-1" }));
const cancelled = await send(door.alpha, contractFile({ reference: "WAITING-2" }));
const waitingPath = `${SUBMISSIONS}/${waiting.json.submissionId}`;
const cancelledPath = `${SUBMISSIONS}/${cancelled.json.submissionId}`;

t.test("while a submission waits there is state, receipt and no report", async (t) => {
  const state = await door.alpha(waitingPath);
  t.match(state.json, { self: waitingPath, state: "received", receipt: { href: `${waitingPath}/receipt` } });
  t.match(state.json, { progress: { bytesRead: 0, recordsRead: 0 } });
  t.hasStrict(state.json, { report: undefined, records: undefined, corrections: undefined, counts: undefined });
  const report = await door.alpha(`${waitingPath}/report`);
  isProblem(t, report, 404, `${OWN}reportNotReady`);
  t.match(report.headers["retry-after"], /^\d+$/);
  const corrections = await door.alpha(`${waitingPath}/corrections`);
  isProblem(t, corrections, 404, `${OWN}reportNotReady`);
  t.match(corrections.headers["retry-after"], /^\d+$/);
  t.same((await door.alpha(`${waitingPath}/records`)).json.items, []);
  isProblem(t, await door.alpha(`${waitingPath}/records/1`), 404, `${BELGIF}resourceNotFound`);
});

t.test("what waits can be taken back, once and again", async (t) => {
  for (let time = 0; time < 2; time += 1) {
    const answer = await door.alpha(cancelledPath, { method: "DELETE" });
    t.equal(answer.status, 204);
    t.equal(answer.text, "");
  }
  t.equal((await door.alpha(cancelledPath)).json.state, "cancelled");
});

t.test("with processing under way", async (t) => {
  await processSubmissions(t, door);
  await waitForEnd(door.alpha, waiting.json.submissionId ?? "");
  const mixed = await send(
    door.alpha,
    contractFile({ reference: "MIXED", inamiNumbers: [KNOWN_INAMI_NUMBER, INVALID, UNKNOWN, INVALID] }),
  );
  const id = mixed.json.submissionId ?? "";
  const path = `${SUBMISSIONS}/${id}`;
  const end = await waitForEnd(door.alpha, id);

  t.test("the end shows counts and links to what there is", async (t) => {
    t.match(end.json, { state: "processed", reference: "MIXED", kind: "initialLoad", environment: "S" });
    t.match(end.json.counts, { received: 4, rejected: 3 });
    t.match(end.json, {
      report: { href: `${path}/report` },
      records: { href: `${path}/records` },
      corrections: { href: `${path}/corrections` },
    });
  });

  t.test("what has ended can no longer be taken back", async (t) => {
    isProblem(t, await door.alpha(path, { method: "DELETE" }), 409, `${OWN}tooLateToCancel`);
  });

  t.test(
    "the receipt comes as JSON, as JWS and as XML, and its signature verifies with the published keys",
    async (t) => {
      const json = await door.alpha(`${path}/receipt`);
      t.equal(json.json.jws, mixed.json.jws);
      t.match(json.json, { submissionId: id, state: "received", durable: true });
      const jws = await door.alpha(`${path}/receipt`, { headers: { Accept: "application/jose" } });
      t.equal(jws.headers["content-type"], "application/jose");
      t.equal(jws.text, mixed.json.jws);
      const keySet = await door.nobody("/.well-known/jwks.json");
      t.match(keySet.headers["content-type"], /^application\/jwk-set\+json/);
      t.notOk(
        keySet.json.keys?.some((key) => "d" in key),
        "no private part is published",
      );
      const { payload } = await compactVerify(
        jws.text,
        createLocalJWKSet({ keys: [...(keySet.json.keys ?? [])] as never }),
      );
      t.match(JSON.parse(Buffer.from(payload).toString()), { submissionId: id, sha256: end.json.sha256 });
      const xml = await door.alpha(`${path}/receipt`, { headers: { Accept: "application/xml" } });
      t.match(xml.headers["content-type"], /^application\/xml/);
      t.match(xml.text, `<submissionId>${id}</submissionId>`);
    },
  );

  t.test("the report comes in three forms by Accept, with the weights of the header", async (t) => {
    const accepts: [string | undefined, RegExp, RegExp][] = [
      [undefined, /^application\/json/, /^\{/],
      ["*/*", /^application\/json/, /^\{/],
      ["application/xml", /^application\/xml/, /^<\?xml/],
      ["text/csv, application/json;q=0.5", /^text\/csv/, /^submissionId,/],
      ["application/json;q=0.2, application/xml;q=0.9, text/csv;q=0.8", /^application\/xml/, /^<\?xml/],
      ["text/*", /^text\/csv/, /^submissionId,/],
      ["application/json;q=0, */*;q=0.1", /^application\/xml/, /^<\?xml/],
    ];
    for (const [accept, type, start] of accepts) {
      const answer = await door.alpha(`${path}/report`, { headers: accept === undefined ? {} : { Accept: accept } });
      t.equal(answer.status, 200, accept ?? "no Accept");
      t.match(answer.headers["content-type"], type);
      t.match(answer.text, start);
      t.equal(answer.headers["cache-control"], "no-store");
    }
    t.equal((await door.alpha(`${path}/report`)).headers.vary, "Accept, Accept-Language");
    const html = await door.alpha(`${path}/report`, { headers: { Accept: "text/html" } });
    isProblem(t, html, 406, `${OWN}notAcceptable`);
    t.match(html.json.detail, /application\/json, application\/xml, text\/csv/);
  });

  t.test("the report names every rejected record in the language asked for", async (t) => {
    const languages: [string | undefined, string][] = [
      [undefined, "en"],
      ["fr-BE", "fr"],
      ["de, fr;q=0.9", "de"],
      ["sv", "en"],
    ];
    const texts = new Set<string>();
    for (const [accepted, language] of languages) {
      const answer = await door.alpha(`${path}/report`, {
        headers: accepted === undefined ? {} : { "Accept-Language": accepted },
      });
      t.equal(answer.headers["content-language"], language);
      const report: { records: { recordNumber: number; findings: { code: string; text: string }[] }[] } = JSON.parse(
        answer.text,
      );
      t.match(
        report.records.filter((record) => record.findings.length > 0).map(({ recordNumber }) => recordNumber),
        [2, 3, 4],
      );
      texts.add(report.records.find(({ recordNumber }) => recordNumber === 2)?.findings[0]?.text ?? "");
    }
    t.equal(texts.size, 3, "English, French and German differ");
  });

  t.test("HEAD answers as GET would, without a body", async (t) => {
    const answer = await door.alpha(`${path}/report`, { method: "HEAD" });
    t.equal(answer.status, 200);
    t.match(answer.headers["content-type"], /^application\/json/);
    t.equal(answer.text, "");
  });

  t.test("outcomes come by page and by outcome, in the order of the file", async (t) => {
    const all = await door.alpha(`${path}/records`);
    t.same(
      all.json.items?.map(({ recordNumber }) => recordNumber),
      [1, 2, 3, 4],
    );
    t.notOk(all.json.next);
    const seen: number[] = [];
    let next: string | undefined = `${path}/records?outcome=rejected&pageSize=2`;
    let pages = 0;
    while (next) {
      const page = await door.alpha(next);
      t.equal(page.json.self?.startsWith(`${path}/records?`), true);
      seen.push(...(page.json.items ?? []).map(({ recordNumber = 0 }) => recordNumber));
      next = page.json.next;
      pages += 1;
    }
    t.same(seen, [2, 3, 4]);
    t.equal(pages, 2);
    const [second] = (await door.alpha(`${path}/records?outcome=rejected&pageSize=1`)).json.items ?? [];
    t.match(second, { senderReference: "R-2", outcome: "rejected", findings: [{ code: "inamiNumberInvalid" }] });
    t.same((await door.alpha(second?.href ?? "")).json, second, "its href leads to itself");
  });

  t.test("a record that the file does not have is not found", async (t) => {
    for (const number of ["5", "0", "01", "-1", "1.5", "x", "99999999999"]) {
      isProblem(t, await door.alpha(`${path}/records/${number}`), 404, `${BELGIF}resourceNotFound`);
    }
  });

  t.test("the rejected records come back as a contract file", async (t) => {
    const answer = await door.alpha(`${path}/corrections`, { headers: { "Accept-Language": "fr" } });
    t.equal(answer.status, 200);
    t.match(answer.headers["content-type"], /^application\/xml/);
    t.equal(answer.headers["content-language"], "fr");
    t.equal(answer.text.match(/<record /g)?.length, 3);
    t.notMatch(answer.text, KNOWN_INAMI_NUMBER);
    isProblem(
      t,
      await door.alpha(`${path}/corrections`, { headers: { Accept: "text/csv" } }),
      406,
      `${OWN}notAcceptable`,
    );
  });

  t.test("what a dry run would do is told as JSON alone", async (t) => {
    const csv = await door.alpha(`${path}/effects`, { headers: { Accept: "text/csv" } });
    isProblem(t, csv, 406, `${OWN}notAcceptable`);
    t.same((await door.alpha(`${path}/effects`)).json.items, [], "this was none");
  });

  t.test("submissions are listed newest first, by page and by state", async (t) => {
    const ids: string[] = [];
    let next: string | undefined = `${SUBMISSIONS}?pageSize=1`;
    while (next) {
      const page = await door.alpha(next);
      t.equal(page.json.items?.length, 1);
      ids.push(...(page.json.items ?? []).map(({ submissionId = "" }) => submissionId));
      next = page.json.next;
    }
    t.same(ids, [id, cancelled.json.submissionId, waiting.json.submissionId]);
    const byState = await door.alpha(`${SUBMISSIONS}?state=cancelled`);
    t.same(
      byState.json.items?.map(({ submissionId }) => submissionId),
      [cancelled.json.submissionId],
    );
    t.equal(byState.json.items?.[0]?.href, cancelledPath);
  });

  t.test(
    "another insurer's submission is answered exactly as one that never existed, and as what is no id",
    async (t) => {
      const resources = ["", "/receipt", "/report", "/records", "/records/1", "/corrections"];
      const ids = [
        id,
        "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7a10",
        "not-an-id",
        `${id}x`,
        "%00",
        "'; drop table submission; --",
      ];
      for (const resource of resources) {
        const answers = [];
        for (const other of ids) {
          const answer = await door.beta(`${SUBMISSIONS}/${encodeURIComponent(decodeURIComponent(other))}${resource}`);
          isProblem(t, answer, 404, `${BELGIF}resourceNotFound`);
          const { instance: _instance, ...rest } = answer.json;
          answers.push(JSON.stringify(rest));
        }
        t.equal(new Set(answers).size, 1, `one answer for ${resource || "the submission"}`);
      }
      isProblem(t, await door.beta(path, { method: "DELETE" }), 404, `${BELGIF}resourceNotFound`);
      t.same((await door.beta(SUBMISSIONS)).json.items, []);
    },
  );

  t.test(
    "a query field of the wrong form is refused and not repeated when it could be a person's number",
    async (t) => {
      const refused: [string, string, string][] = [
        ["records?pageSize=0", "schemaViolation", "pageSize"],
        ["records?pageSize=x", "schemaViolation", "pageSize"],
        ["records?pageSize=1&pageSize=2", "schemaViolation", "pageSize"],
        ["records?afterRecordNumber=-1", "schemaViolation", "afterRecordNumber"],
        ["records?afterRecordNumber=2147483648", "schemaViolation", "afterRecordNumber"],
        ["records?outcome=fine", "schemaViolation", "outcome"],
        ["records?limit=5", "unknownInput", "limit"],
        ["records?PageSize=5", "unknownInput", "PageSize"],
        ["report?format=csv", "unknownInput", "format"],
      ];
      for (const [resource, type, name] of refused) {
        const answer = await door.alpha(`${path}/${resource}`);
        isProblem(t, answer, 400, `${BELGIF}badRequest`);
        t.match(answer.json.issues?.[0], { type: new RegExp(`${type}$`), in: "query", name });
      }
      isProblem(t, await door.alpha(`${SUBMISSIONS}?afterSubmission=1`), 400, `${BELGIF}badRequest`);
      const personal = await door.alpha(`${path}/records?85073003328=1&outcome=85073003328`);
      isProblem(t, personal, 400, `${BELGIF}badRequest`);
      t.equal(personal.json.issues?.length, 2);
      t.notMatch(personal.text, "85073003328");
    },
  );
});
