import { connect } from "node:tls";
import t from "tap";
import { grant } from "../../src/identity/client-registry.ts";
import { SCOPES } from "../../src/identity/scopes.ts";
import { clientIdOf } from "./admit-with-client.ts";
import { ALPHA, BETA, digestOf, isProblem, openDoor, type Question, ROOT } from "./open-door.ts";

const BODY = '{"probe":"circuit 1"}';
const PATH = `${ROOT}/connectionTests`;

const probe = (headers: Record<string, string> = {}): Question => ({
  method: "POST",
  headers: {
    "Content-Type": "application/json",
    "Content-Digest": digestOf(BODY),
    Date: new Date().toUTCString(),
    ...headers,
  },
  body: BODY,
});

interface Tested {
  readonly connectionTestId?: string;
  readonly passed: boolean;
  readonly seen: Record<string, Record<string, unknown>> & { readonly sourceAddress: string };
  readonly findings: readonly { readonly code: string; readonly text: string; readonly details?: object }[];
}

t.test("a call learns how it looks from our side", async (t) => {
  const door = await openDoor(t);
  const ask = async (question: Question, caller = door.alpha) => {
    const answer = await caller(PATH, question);
    return { ...answer, tested: answer.json as unknown as Tested };
  };
  const codesOf = ({ findings }: Tested) => findings.map(({ code }) => code);

  await t.test("what it showed, and nothing that lets somebody call in its place", async (t) => {
    const { status, headers, tested, text } = await ask(probe());
    t.equal(status, 201);
    t.equal(headers.location, `${PATH}/${tested.connectionTestId}`);
    t.match(tested.seen, {
      sourceAddress: "127.0.0.1",
      tls: { version: "TLSv1.3", cipherSuite: /^TLS_/ },
      certificate: {
        subject: /CN=0403019261/,
        thumbprint: door.alphaCertificate.thumbprint.toString("hex"),
        keyKind: "ec",
        validTo: String,
      },
      token: { clientId: clientIdOf(ALPHA), scopes: [SCOPES.submit, SCOPES.consult, SCOPES.consultAdvantages] },
      insurer: { granted: 1, isNamed: false },
      body: { byteLength: BODY.length, digests: ["sha-256"], isMatch: true },
    });
    const [issuer] = tested.seen.certificate!.chain as { subject: string; issuer: string }[];
    t.equal(issuer?.subject, issuer?.issuer, "up to the root");
    t.equal(tested.seen.token!.boundTo, tested.seen.certificate!.thumbprint);
    t.notMatch(text, /eyJ|PRIVATE/, "no token, no key");
    t.equal(tested.passed, true);
  });

  await t.test("what to mend, in the language asked for", async (t) => {
    const old = new Date(Date.now() - 90_000).toUTCString();
    const french = await ask(probe({ Date: old, "Content-Digest": digestOf("another"), "Accept-Language": "fr-BE" }));
    t.equal(french.tested.passed, false);
    t.match(codesOf(french.tested), ["clockOff", "contentDigestMismatch"]);
    t.match(
      french.tested.findings.find(({ code }) => code === "clockOff")?.text,
      /^Votre horloge .*-(89|90|91|92) secondes/,
    );
    const { Date: _date, "Content-Digest": _digest, ...bare } = probe().headers as Record<string, string>;
    const { tested } = await ask({ ...probe(), headers: bare });
    t.match(codesOf(tested), ["clockNotTold", "contentDigestMissing"]);
  });

  await t.test("a scope that the token lacks is named", async (t) => {
    const narrow = door.callAs(door.alphaCertificate, clientIdOf(ALPHA), { scopes: [SCOPES.submit] });
    const { tested } = await ask(probe(), narrow);
    t.strictSame(
      tested.findings.map(({ details }) => details).filter((one) => one && "scope" in one),
      [{ scope: SCOPES.consult }, { scope: SCOPES.consultAdvantages }],
    );
  });

  await t.test("TLS 1.2 is seen and said", async (t) => {
    const { certificatePem: cert, privateKeyPem: key } = door.alphaCertificate;
    const socket = connect({ ...door.tls, cert, key, maxVersion: "TLSv1.2" });
    t.teardown(() => socket.destroy());
    socket.write(
      `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\n${door.alphaAuthorization}Connection: close\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
    );
    let text = "";
    for await (const chunk of socket) text += chunk;
    t.match(text, /"tls":\{"version":"TLSv1\.2","cipherSuite":"TLS_ECDHE/);
    t.match(text, /"code":"tlsVersionOld"/);
  });

  await t.test("tests are kept for the insurer alone, the newest hundred", async (t) => {
    const { tested } = await ask(probe());
    const again = await door.alpha(`${PATH}/${tested.connectionTestId}`, { headers: { "Accept-Language": "nl" } });
    t.match(again.json, { seen: tested.seen, connectionTestId: tested.connectionTestId });
    isProblem(
      t,
      await door.beta(`${PATH}/${tested.connectionTestId}`),
      404,
      "urn:problem-type:belgif:resourceNotFound",
    );
    t.same((await door.beta(PATH)).json.items, []);
    await door.owner`
      insert into connection_test (insurer_id, channel, client_id, seen, findings, is_passed)
      select ${door.alphaId}, 'rest', 'x', '{"channel":"rest"}', '[]', false from generate_series(1, 120)`;
    await ask(probe({ Date: new Date(0).toUTCString() }));
    const [kept] = await door.owner<{ count: number; passed: number }[]>`
      select count(*) as count, count(*) filter (where is_passed) as passed from connection_test`;
    t.same(kept, { count: 101, passed: 1 }, "and the last one that passed");
  });

  await t.test("a client of several insurers that names none is told so, and nothing is kept", async (t) => {
    await door.owner`update client set kind = 'serviceProvider' where client_id = ${clientIdOf(BETA)}`;
    const granted = { clientId: clientIdOf(BETA), enterpriseNumber: ALPHA, validFrom: "2020-01-01" };
    await door.database.institute.begin((tx) => grant(tx, { account: "test" }, granted));
    const unnamed = await ask(probe(), door.beta);
    t.match(unnamed, { status: 200, tested: { passed: false } });
    t.match(codesOf(unnamed.tested), ["insurerHeaderMissing"]);
    t.notOk(unnamed.headers.location);
    const named = await ask(probe({ "Infoss-Insurer": BETA }), door.beta);
    t.match(named, { status: 201, tested: { passed: true, seen: { insurer: { granted: 2, isNamed: true } } } });
  });
});
