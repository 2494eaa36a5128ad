import { once } from "node:events";
import { Agent } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { FINDING_CODES } from "../../src/findings/finding-codes.ts";
import { BELGIF, contractFile, isProblem, OWN, openDoor, ROOT, send } from "./open-door.ts";
import { readAnswer } from "./read-answer.ts";

const SUBMISSIONS = `${ROOT}/submissions`;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

t.test("protocol", async (t) => {
  const door = await openDoor(t, { limits: { headersTimeoutMs: 1_000 } });

  t.test("every answer has a trace id of its own, and repeats the request's where it is valid", async (t) => {
    const paths = [SUBMISSIONS, `${SUBMISSIONS}/x`, "/nowhere", `${ROOT}/health`, "/%zz"];
    const seen = new Set<string>();
    for (const path of paths) {
      const answer = await door.alpha(path, { headers: { "BelGov-Trace-Id": "4f2c1a6e-1111-4222-8333-944455556666" } });
      t.match(answer.headers["belgov-trace-id"], UUID);
      t.equal(answer.headers["belgov-related-trace-id"], "4f2c1a6e-1111-4222-8333-944455556666");
      seen.add(String(answer.headers["belgov-trace-id"]));
    }
    t.equal(seen.size, paths.length);
    for (const forged of ["x".repeat(37), "a b", "a\tb", "é"]) {
      const answer = await door.alpha(SUBMISSIONS, {
        headers: { "BelGov-Trace-Id": Buffer.from(forged).toString("latin1") },
      });
      t.equal(answer.headers["belgov-related-trace-id"], undefined, JSON.stringify(forged));
    }
    const twice = await door.alpha(SUBMISSIONS, { headers: { "BelGov-Trace-Id": ["one", "two"] } });
    t.equal(twice.headers["belgov-related-trace-id"], undefined);
  });

  t.test("what does not exist is a problem, with and without certificate", async (t) => {
    for (const path of [
      "/",
      "/nowhere",
      `${SUBMISSIONS}/`,
      `${ROOT}/Submissions`,
      `${SUBMISSIONS}/a/b/c`,
      `${ROOT}/refData/findings/none`,
    ]) {
      isProblem(t, await door.alpha(path), 404, `${BELGIF}resourceNotFound`);
    }
    isProblem(t, await door.nobody("/nowhere"), 404, `${BELGIF}resourceNotFound`);
    isProblem(t, await door.alpha("/nowhere", { method: "POST", body: "x" }), 404, `${BELGIF}resourceNotFound`);
  });

  t.test("a method that a resource has not is a problem that lists the others, whatever the body", async (t) => {
    const allowed: [string, string, string][] = [
      ["PUT", SUBMISSIONS, "POST, GET, HEAD"],
      ["PATCH", `${SUBMISSIONS}/x`, "GET, HEAD, DELETE"],
      ["OPTIONS", `${SUBMISSIONS}/x/report`, "GET, HEAD"],
      ["POST", `${ROOT}/health`, "GET, HEAD"],
    ];
    for (const [method, path, methods] of allowed) {
      const json = { headers: { "Content-Type": "application/json" }, body: "{}" };
      const answer = await door.alpha(path, { method, ...(method === "OPTIONS" ? {} : json) });
      isProblem(t, answer, 405, `${OWN}methodNotAllowed`);
      t.same(answer.headers.allow?.split(", ").sort(), methods.split(", ").sort());
    }
    t.equal(
      (await door.nobody(`${ROOT}/health`, { method: "DELETE" })).status,
      405,
      "public resources say so to anybody",
    );
  });

  t.test("a DELETE with a media type and no body is taken as it is meant", async (t) => {
    const answer = await door.alpha(`${SUBMISSIONS}/x`, {
      method: "DELETE",
      headers: { "Content-Type": "application/json" },
    });
    isProblem(t, answer, 404, `${BELGIF}resourceNotFound`);
  });

  t.test("a path that is wrongly encoded or too long is a problem", async (t) => {
    isProblem(t, await door.alpha(`${SUBMISSIONS}/%zz`), 400, `${BELGIF}badRequest`);
    isProblem(t, await door.alpha(`${SUBMISSIONS}/${"x".repeat(200)}`), 414, `${OWN}uriTooLong`);
  });

  t.test(
    "bytes that are no request, and headers too large or too slow, get a problem and a closed connection",
    async (t) => {
      const garbage: [string, number, string][] = [
        ["hello\r\n\r\n", 400, `${BELGIF}badRequest`],
        [
          `GET ${SUBMISSIONS} HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}\r\n\r\n`,
          431,
          `${OWN}headersTooLarge`,
        ],
        [
          `POST ${SUBMISSIONS} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`,
          400,
          `${BELGIF}badRequest`,
        ],
        [
          `POST ${SUBMISSIONS} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n`,
          400,
          `${BELGIF}badRequest`,
        ],
        [`POST ${SUBMISSIONS} HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n`, 400, `${BELGIF}badRequest`],
        [`GET ${SUBMISSIONS} HTTP/1.1\r\nHost : localhost\r\n\r\n`, 400, `${BELGIF}badRequest`],
        [`GET ${SUBMISSIONS} HTTP/1.1\r\nHost: localhost\r\nX: `, 408, `${OWN}requestTimeout`],
      ];
      for (const [bytes, status, type] of garbage) {
        const socket = await door.connectAsAlpha();
        socket.write(bytes);
        isProblem(t, await readAnswer(socket), status, type);
      }
    },
  );

  t.test("security headers are on every answer", async (t) => {
    const { headers } = await door.alpha(SUBMISSIONS);
    t.match(headers["strict-transport-security"], /max-age=\d+/);
    t.equal(headers["x-content-type-options"], "nosniff");
    t.match(headers["content-security-policy"], /default-src 'none'/);
    t.equal(headers["x-powered-by"], undefined);
    t.equal(headers.server, undefined);
  });

  t.test("all findings are published with their texts in four languages", async (t) => {
    const texts = new Map<string, Set<string>>();
    for (const language of ["fr", "nl", "de", "en"]) {
      const answer = await door.nobody(`${ROOT}/refData/findings`, { headers: { "Accept-Language": language } });
      t.equal(answer.headers["content-language"], language);
      t.equal(answer.headers["cache-control"], "public, max-age=3600");
      t.equal(answer.headers.vary, "Accept-Language");
      t.same(
        answer.json.items?.map(({ code }) => code),
        Object.keys(FINDING_CODES),
      );
      t.equal(answer.json.total, Object.keys(FINDING_CODES).length);
      for (const { code = "", text = "" } of answer.json.items ?? [])
        texts.set(code, (texts.get(code) ?? new Set()).add(text));
    }
    t.ok([...texts.values()].every((set) => set.size === 4));
    const one = await door.nobody(`${ROOT}/refData/findings/referenceReused`);
    t.match(one.json, {
      href: `${ROOT}/refData/findings/referenceReused`,
      code: "referenceReused",
      number: 133,
      level: "file",
    });
    isProblem(t, await door.nobody(`${ROOT}/refData/findings/constructor`), 404, `${BELGIF}resourceNotFound`);
  });

  t.test("the OpenAPI document is published as it is in the repository", async (t) => {
    const answer = await door.nobody(`${ROOT}/doc/openapi.json`);
    t.equal(answer.json.openapi, "3.0.3");
    t.same(answer.json, (await import("../../openapi/digital-contracts.json", { with: { type: "json" } })).default);
  });

  t.test("the log says what happened by template, and nothing of URLs, headers, bodies", async (t) => {
    const start = door.logLines.length;
    const sent = await send(door.alpha, contractFile({ reference: "85073003328" }), {
      "BelGov-Trace-Id": "secret-header",
    });
    await door.alpha(`${sent.headers.location}?85073003328=1`);
    await door.alpha(`${sent.headers.location}/report`);
    await door.nobody("/85073003328");
    const lines = door.logLines.slice(start);
    t.notMatch(lines.join(""), /85073003328|secret-header|CN=|PRIVATE/);
    const answered = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "request answered");
    t.match(answered[0], {
      method: "POST",
      route: SUBMISSIONS,
      status: 202,
      traceId: sent.headers["belgov-trace-id"],
      insurerId: door.alphaId,
      submissionId: sent.json.submissionId,
    });
    t.type(answered[0].durationMs, "number");
    t.match(answered[2], {
      route: `${SUBMISSIONS}/:submissionId/report`,
      status: 404,
      submissionId: sent.json.submissionId,
    });
    t.match(answered[3], { route: "none", status: 404 });
    t.notOk("insurerId" in answered[3]);
  });

  t.test("a cut-off transfer is logged as such and not as our error", async (t) => {
    const start = door.logLines.length;
    const socket = await door.connectAsAlpha();
    socket.write(
      `POST ${SUBMISSIONS} HTTP/1.1\r\nHost: localhost\r\n${door.alphaAuthorization}Content-Type: text/xml\r\nContent-Digest: sha-256=:${Buffer.alloc(32).toString("base64")}:\r\nContent-Length: 10\r\n\r\n<`,
    );
    await sleep(100);
    socket.destroy();
    await sleep(200);
    const lines = door.logLines.slice(start).map((line) => JSON.parse(line));
    t.match(
      lines.find(({ msg }) => msg === "request answered"),
      { route: SUBMISSIONS, cutOff: true },
    );
    t.same(
      lines.filter(({ level }) => level >= 40),
      [],
    );
  });
});

t.test("health", async (t) => {
  let ping: () => Promise<unknown> = async () => undefined;
  const door = await openDoor(t, { pingDatabase: () => ping(), limits: { healthTimeoutMs: 100 } });
  const ask = async () => {
    // Longer than an answer is kept.
    await sleep(1_050);
    return await door.nobody(`${ROOT}/health`);
  };
  t.match(await ask(), { status: 200, json: { status: "UP" } });
  ping = () => Promise.reject(new Error("no database"));
  t.match(await ask(), { status: 503, json: { status: "DOWN" } });
  ping = () => new Promise(() => {});
  t.match(await ask(), { status: 503, json: { status: "DOWN" } }, "a database that does not answer in time is down");
  let asked = 0;
  ping = async () => {
    asked += 1;
  };
  await ask();
  await Promise.all([door.nobody(`${ROOT}/health`), door.nobody(`${ROOT}/health`)]);
  t.equal(asked, 1, "asking often does not ask the database often");
});

t.test("a database that is away is a 503 that says when to come back", async (t) => {
  const door = await openDoor(t);
  await door.database.plain.end({ timeout: 0 });
  const answer = await door.alpha(SUBMISSIONS);
  isProblem(t, answer, 503, `${BELGIF}serviceUnavailable`);
  t.equal(answer.headers["retry-after"], "30");
});

t.test("a closing server finishes what it has and takes nothing new, even on open connections", async (t) => {
  const door = await openDoor(t);
  const body = contractFile({ reference: "LAST" });
  const { digestOf } = await import("./open-door.ts");
  const busy = await door.connectAsAlpha();
  busy.write(
    `POST ${SUBMISSIONS} HTTP/1.1\r\nHost: localhost\r\n${door.alphaAuthorization}Content-Type: text/xml\r\nContent-Digest: ${digestOf(body)}\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 50)}`,
  );
  const idle = await door.connectAsAlpha();
  const second = await door.connectAsAlpha();
  second.write(`GET ${ROOT}/health HTTP/1.1\r\nHost: localhost\r\nX: `);
  await sleep(100);
  const closed = door.app.close();
  await sleep(50);
  second.write("\r\n\r\n");
  isProblem(t, await readAnswer(second), 503, `${BELGIF}serviceUnavailable`);
  busy.write(body.slice(50));
  t.match(await readAnswer(busy), { status: 202, json: { reference: "LAST" } });
  idle.destroy();
  await closed;
  await t.rejects(door.alpha(SUBMISSIONS, { agent: new Agent() }));
});

t.test("a closing server cuts what does not end in time", async (t) => {
  const door = await openDoor(t, { limits: { closeGraceMs: 200 } });
  const stuck = await door.connectAsAlpha();
  stuck.on("error", () => {});
  stuck.write(
    `POST ${SUBMISSIONS} HTTP/1.1\r\nHost: localhost\r\n${door.alphaAuthorization}Content-Type: text/xml\r\nContent-Digest: sha-256=:${Buffer.alloc(32).toString("base64")}:\r\nContent-Length: 1000\r\n\r\n<`,
  );
  const gone = once(stuck, "close");
  await sleep(100);
  const started = performance.now();
  await door.app.close();
  await gone;
  t.ok(performance.now() - started < 30_000);
});
