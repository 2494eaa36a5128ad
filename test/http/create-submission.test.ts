import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { TLSSocket } from "node:tls";
import t from "tap";
import { BELGIF, contractFile, digestOf, isProblem, OWN, openDoor, ROOT, send } from "./open-door.ts";

const MAXIMUM_BYTES = 300_000;
const door = await openDoor(t, { maximumBytes: MAXIMUM_BYTES, transferSlots: 2 });
const SUBMISSIONS = `${ROOT}/submissions`;
const ISSUE = "input-validation:";

t.test("a file is answered with a receipt that says where to follow it", async (t) => {
  const file = contractFile({ reference: "HAPPY" });
  const answer = await send(door.alpha, file);
  t.equal(answer.status, 202);
  t.equal(answer.headers.location, `${SUBMISSIONS}/${answer.json.submissionId}`);
  t.equal(answer.json.sha256, createHash("sha256").update(file).digest("hex"));
  t.equal(answer.json.byteLength, Buffer.byteLength(file));
  t.match(answer.json, {
    reference: "HAPPY",
    state: "received",
    channel: "rest",
    sender: "0403019261",
    durable: true,
    findings: [],
  });
  t.match(answer.json.jws, /^[\w-]+\.[\w-]+\.[\w-]+$/);
  t.equal(answer.headers["content-language"], "en");
  const followed = await door.alpha(answer.headers.location ?? "");
  t.equal(followed.json.submissionId, answer.json.submissionId);
});

t.test("the same file again gets the first receipt again", async (t) => {
  const file = contractFile({ reference: "TWICE" });
  const first = await send(door.alpha, file);
  const second = await send(door.alpha, file);
  t.equal(second.status, 202);
  t.equal(second.json.jws, first.json.jws);
});

t.test("what is wrong with the content is said in the receipt, in the language asked for", async (t) => {
  const answer = await send(door.alpha, "this is no XML", { "Accept-Language": "nl-BE, en;q=0.5" });
  t.equal(answer.status, 202);
  t.equal(answer.json.state, "refused");
  t.equal(answer.headers["content-language"], "nl");
  t.match(answer.json.findings, [{ severity: "blocking", text: /\S/ }]);
});

t.test("an empty body gets a ticket too", async (t) => {
  const answer = await send(door.alpha, "");
  t.match(answer.json, { state: "refused", findings: [{ code: "emptyFile" }] });
});

t.test("both XML media types are taken, with or without the charset UTF-8", async (t) => {
  const types = ["application/xml", "text/xml", "Application/XML; charset=UTF-8", 'text/xml;charset="utf-8"'];
  for (const [index, type] of types.entries()) {
    const answer = await send(door.alpha, contractFile({ reference: `TYPE-${index}` }), { "Content-Type": type });
    t.equal(answer.status, 202, type);
  }
});

t.test("another media type, another charset, a content coding and a range are refused", async (t) => {
  const refused: Record<string, string>[] = [
    { "Content-Type": "application/json" },
    { "Content-Type": "application/gzip" },
    { "Content-Type": "text/plain" },
    { "Content-Type": "@@" },
    { "Content-Type": "" },
    { "Content-Type": "application/xml; charset=iso-8859-1" },
    { "Content-Encoding": "gzip" },
    { "Content-Range": "bytes 0-9/100" },
  ];
  for (const headers of refused) {
    const answer = await send(door.alpha, contractFile({ reference: "TYPE" }), headers);
    isProblem(t, answer, 415, `${OWN}unsupportedMediaType`);
  }
  await isNothingStored(t, "TYPE");
});

t.test("a body without media type is refused", async (t) => {
  const body = contractFile({ reference: "TYPELESS" });
  const answer = await door.alpha(SUBMISSIONS, { method: "POST", headers: { "Content-Digest": digestOf(body) }, body });
  isProblem(t, answer, 415, `${OWN}unsupportedMediaType`);
});

t.test("a missing or malformed digest is refused and says what is expected", async (t) => {
  const body = contractFile({ reference: "DIGEST" });
  const kinds: [Record<string, string>, string][] = [
    [{}, `${BELGIF.replace("belgif", "belgif-ext")}${ISSUE}requiredInput`],
    [{ "Content-Digest": digestOf(body, "sha512") }, `${BELGIF.replace("belgif", "belgif-ext")}${ISSUE}requiredInput`],
    [{ "Content-Digest": "sha-256=abc" }, `${BELGIF}${ISSUE}invalidInput`],
    [{ "Content-Digest": "sha-256=:YWJj:" }, `${BELGIF}${ISSUE}invalidInput`],
    [{ "Content-Digest": "=" }, `${BELGIF}${ISSUE}invalidInput`],
    [{ "Content-Digest": `${digestOf(body)}, ${digestOf(body)}x` }, `${BELGIF}${ISSUE}invalidInput`],
  ];
  for (const [headers, type] of kinds) {
    const answer = await door.alpha(SUBMISSIONS, {
      method: "POST",
      headers: { "Content-Type": "text/xml", ...headers },
      body,
    });
    isProblem(t, answer, 400, `${BELGIF}badRequest`);
    t.match(answer.json.issues, [{ type, in: "header", name: "Content-Digest" }]);
  }
  await isNothingStored(t, "DIGEST");
});

t.test("a body that has not the digest announced leaves nothing behind", async (t) => {
  const body = contractFile({ reference: "MISMATCH" });
  for (const digest of [
    digestOf(`${body} `),
    `${digestOf(body)}, ${digestOf(`${body} `, "sha512")}`,
    `${digestOf(`${body} `)}, ${digestOf(body, "sha512")}`,
  ]) {
    const answer = await send(door.alpha, body, { "Content-Digest": digest });
    isProblem(t, answer, 400, `${BELGIF}badRequest`);
    t.match(answer.json.issues, [{ in: "header", name: "Content-Digest" }]);
    await isNothingStored(t, "MISMATCH");
  }
});

t.test("both digests, in either order and beside an unknown one, are taken when they match", async (t) => {
  const body = contractFile({ reference: "BOTH" });
  const answer = await send(door.alpha, body, {
    "Content-Digest": `md5=:YWJj:, ${digestOf(body, "sha512")}, ${digestOf(body)}`,
  });
  t.equal(answer.status, 202);
});

t.test("a body announced too large is refused before it is sent", async (t) => {
  const socket = await door.connectAsAlpha();
  socket.write(
    `POST ${SUBMISSIONS} HTTP/1.1\r\nHost: localhost\r\n${door.alphaAuthorization}Content-Type: text/xml\r\nContent-Digest: ${digestOf("")}\r\n` +
      `Content-Length: ${MAXIMUM_BYTES + 1}\r\nExpect: 100-continue\r\n\r\n`,
  );
  const answer = await readToEnd(socket);
  t.match(answer, /^HTTP\/1\.1 413 /, "there is no 100 before it");
  t.match(answer, /connection: close/i);
  t.match(answer, `"limit":${MAXIMUM_BYTES}`);
});

t.test("a sender that waits for 100 Continue gets it and then its receipt", async (t) => {
  const body = contractFile({ reference: "CONTINUE" });
  const socket = await door.connectAsAlpha();
  socket.write(
    `POST ${SUBMISSIONS} HTTP/1.1\r\nHost: localhost\r\n${door.alphaAuthorization}Content-Type: text/xml\r\nContent-Digest: ${digestOf(body)}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`,
  );
  const [go] = await once(socket, "data");
  t.match(String(go), /^HTTP\/1\.1 100 Continue/);
  socket.write(body);
  t.match(await readToEnd(socket), /^HTTP\/1\.1 202 /);
});

t.test("another expectation than 100-continue is passed over", async (t) => {
  const answer = await send(door.alpha, contractFile({ reference: "EXPECT" }), { Expect: "the-unexpected" });
  t.equal(answer.status, 202);
});

t.test("a body that turns out too large is refused, the connection closes, and nothing stays", async (t) => {
  const socket = await door.connectAsAlpha();
  const head = contractFile({ reference: "LARGE" }).slice(0, 300);
  socket.write(
    `POST ${SUBMISSIONS} HTTP/1.1\r\nHost: localhost\r\n${door.alphaAuthorization}Content-Type: text/xml\r\nContent-Digest: ${digestOf("")}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  socket.write(`${head.length.toString(16)}\r\n${head}\r\n`);
  const chunk = "x".repeat(50_000);
  socket.on("error", () => {});
  const closed = once(socket, "close");
  const answer = readToEnd(socket);
  // A sender that does not listen while it sends: it still gets to read the answer.
  for (let sent = 0; !socket.destroyed && sent < 100; sent += 1) {
    socket.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
    await sleep(10);
  }
  t.match(await answer, /^HTTP\/1\.1 413 [\s\S]*payloadTooLarge/);
  await closed;
  await isNothingStored(t, "LARGE");
});

t.test("an ordinary client that sends too much reads the answer", async (t) => {
  const answer = await send(door.alpha, "x".repeat(MAXIMUM_BYTES + 1));
  isProblem(t, answer, 413, `${BELGIF}payloadTooLarge`);
  t.equal(answer.json.limit, MAXIMUM_BYTES);
  t.equal(answer.headers.connection, "close");
});

t.test("a body cut off midway leaves nothing behind, however it is cut", async (t) => {
  const body = contractFile({ reference: "CUT", inamiNumbers: Array.from({ length: 800 }, () => "12345625001") });
  const cuts: ((socket: TLSSocket) => void)[] = [(socket) => socket.destroy(), (socket) => socket.end()];
  for (const framing of [`Content-Length: ${body.length}`, "Transfer-Encoding: chunked"]) {
    for (const cut of cuts) {
      const socket = await door.connectAsAlpha();
      socket.on("error", () => {});
      socket.write(
        `POST ${SUBMISSIONS} HTTP/1.1\r\nHost: localhost\r\n${door.alphaAuthorization}Content-Type: text/xml\r\nContent-Digest: ${digestOf(body)}\r\n${framing}\r\n\r\n`,
      );
      const half = body.slice(0, body.length / 2);
      socket.write(framing.startsWith("Content") ? half : `${half.length.toString(16)}\r\n${half}\r\n`);
      await sleep(100);
      cut(socket);
      await sleep(100);
      await isNothingStored(t, "CUT");
    }
  }
  t.equal((await send(door.alpha, body)).status, 202, "and the whole file is taken afterwards");
});

t.test(
  "an error of ours in the middle of a body is answered, says nothing of what is inside, and is logged",
  async (t) => {
    await door.owner`alter table submission_payload rename to submission_payload_away`;
    t.teardown(() => door.owner`alter table submission_payload_away rename to submission_payload`);
    // Incompressible, so that a chunk of it is stored before the body has ended.
    const body = randomBytes(299_000);
    const socket = await door.connectAsAlpha();
    socket.write(
      `POST ${SUBMISSIONS} HTTP/1.1\r\nHost: localhost\r\n${door.alphaAuthorization}Content-Type: text/xml\r\nContent-Digest: ${digestOf(body)}\r\n` +
        `Content-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body.subarray(0, -100));
    const answer = await readToEnd(socket);
    t.match(answer, /^HTTP\/1\.1 500 [\s\S]*internalServerError/);
    t.notMatch(answer, /submission_payload|relation|postgres/i);
    t.match(door.logLines.at(-2), /"code":"42P01".*a request could not be answered/);
    t.match(door.logLines.at(-1), /"status":500/);
  },
);

t.test("more transfers at once than there is room for are put off", async (t) => {
  const head = `POST ${SUBMISSIONS} HTTP/1.1\r\nHost: localhost\r\n${door.alphaAuthorization}Content-Type: text/xml\r\nContent-Digest: ${digestOf("")}\r\nContent-Length: 100\r\n\r\n`;
  const slow = await Promise.all([door.connectAsAlpha(), door.connectAsAlpha()]);
  for (const socket of slow) socket.write(`${head}<`);
  await sleep(100);
  const answer = await send(door.alpha, contractFile({ reference: "LATER" }));
  isProblem(t, answer, 429, `${BELGIF}tooManyRequests`);
  t.match(answer.headers["retry-after"], /^\d+$/);
  for (const socket of slow) socket.destroy();
  await sleep(100);
  t.equal((await send(door.alpha, contractFile({ reference: "LATER" }))).status, 202);
});

t.test("a query field is refused: none is known here", async (t) => {
  const body = contractFile({ reference: "QUERY" });
  const headers = { "Content-Type": "text/xml", "Content-Digest": digestOf(body) };
  const answer = await door.alpha(`${SUBMISSIONS}?dryRum=true`, { method: "POST", headers, body });
  isProblem(t, answer, 400, `${BELGIF}badRequest`);
  t.match(answer.json.issues, [{ type: `${BELGIF}${ISSUE}unknownInput`, in: "query", name: "dryRum" }]);
  await isNothingStored(t, "QUERY");
});

async function isNothingStored(
  t: { equal(found: unknown, wanted: unknown, message: string): unknown },
  reference: string,
) {
  const [count] = await door.owner<{ submissions: number; bytes: number }[]>`
    select (select count(*)::int from submission where reference = ${reference}) as submissions,
      (select count(*)::int from submission_payload p where not exists
        (select from submission s where s.insurer_id = p.insurer_id and s.submission_id = p.submission_id)) as bytes`;
  t.equal(count?.submissions, 0, "no submission");
  t.equal(count?.bytes, 0, "no bytes");
}

async function readToEnd(socket: TLSSocket): Promise<string> {
  return String(await buffer(socket));
}
