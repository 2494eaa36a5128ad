import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CompactSign } from "jose";
import t from "tap";
import type { TransactionSql } from "../../src/database/sql.ts";
import { generateSigningKeyPem } from "../../src/identity/issue-certificate.ts";
import { createFixedKeyRing, type KeyRing } from "../../src/identity/signing-keys.ts";
import {
  admitWithReadiness,
  moveToPhase,
  type ReadinessGrounds,
  type ReadinessRules,
} from "../../src/operator/admit-to-load.ts";
import { READINESS_ITEMS } from "../../src/readiness/readiness-items.ts";
import { createStatementSigner, verifyStatement } from "../../src/readiness/readiness-statement.ts";
import { createTestDatabase } from "../database.ts";
import { ALPHA, BETA } from "../http/open-door.ts";

const ACTOR = { account: "test" };

t.test("who is let into the initial load of production", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const ring = await createFixedKeyRing(await generateSigningKeyPem());
  const stranger = await createFixedKeyRing(await generateSigningKeyPem());
  const keySetFile = join(t.testdir(), "jwks.json");
  writeFileSync(keySetFile, JSON.stringify(ring.keySet()));
  const production = { environment: "production", keySetFile } as const;
  const act = <T>(work: (tx: TransactionSql) => Promise<T>) => database.institute.begin(work);
  const load = (grounds: ReadinessGrounds, rules: ReadinessRules = production, enterpriseNumber = ALPHA) =>
    act((tx) => moveToPhase(tx, ACTOR, { enterpriseNumber, phase: "loading", ...grounds }, rules));
  for (const [enterpriseNumber, name] of [
    [ALPHA, "Alpha"],
    [BETA, "Beta"],
  ] as const) {
    await act((tx) => admitWithReadiness(tx, ACTOR, { enterpriseNumber, name }, production));
  }
  const state = (ring: KeyRing, changed: object, typ = "infoss-readiness+jws") => {
    const { kid, privateKey } = ring.current();
    const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    const payload = {
      statementId: "7c9e6679-7425-40de-944b-e07fc1f90ae7",
      environment: "validation",
      enterpriseNumber: ALPHA,
      items: READINESS_ITEMS,
      issuedAt: day(-1),
      expiresAt: day(29),
      ...changed,
    };
    return new CompactSign(Buffer.from(JSON.stringify(payload)))
      .setProtectedHeader({ alg: "ES256", kid, typ })
      .sign(privateKey);
  };
  const sound = await state(ring, {});
  const past = new Date(Date.now() - 1000).toISOString();
  const ahead = new Date(Date.now() + 3_600_000).toISOString();

  const cases: [string, string, RegExp][] = [
    ["of another insurer", await state(ring, { enterpriseNumber: BETA }), /another enterprise number/],
    ["that has expired", await state(ring, { expiresAt: past }), /expired on/],
    ["from a time to come", await state(ring, { issuedAt: ahead }), /at a time to come/],
    ["of production itself", await state(ring, { environment: "production" }), /of another environment/],
    [
      "that lacks an item",
      await state(ring, { items: READINESS_ITEMS.slice(1) }),
      /does not say that connectionTested/,
    ],
    ["signed by a stranger", await state(stranger, {}), /not in the key set of validation/],
    ["that is a receipt", await state(ring, {}, "infoss-receipt+jws"), /no statement of readiness/],
    ["without its claims", await state(ring, { items: 5 }), /lacks something/],
    ["that is no JWS", "not.a.jws", /cannot be read/],
    ["that is too long", "x".repeat(20_000), /too long/],
    [
      "that was changed",
      sound.replace(/\.[^.]+\./, `.${Buffer.from('{"statementId":"x"}').toString("base64url")}.`),
      /changed after it was signed/,
    ],
  ];
  for (const [what, statement, message] of cases) {
    await t.test(`a statement ${what} is refused`, async (t) => {
      await t.rejects(load({ statement }), { code: "readinessRefused", message });
    });
  }

  await t.test("grounds that are missing, doubled or not asked for", async (t) => {
    await t.rejects(load({}), { code: "readinessMissing" });
    await t.rejects(load({ reason: " " }), { code: "invalidReason" });
    await t.rejects(load({ reason: "a\nb" }), { code: "invalidReason" });
    await t.rejects(load({ statement: sound, reason: "both" }), { code: "readinessNotAsked" });
    await t.rejects(load({ statement: sound }, { environment: "validation" }), { code: "readinessNotAsked" });
    await t.rejects(load({ statement: sound }, { environment: "production" }), /READINESS_KEY_SET_FILE is not set/);
    const begin = { enterpriseNumber: "0471938850", name: "Gamma", phase: "live" } as const;
    await t.rejects(
      act((tx) => admitWithReadiness(tx, ACTOR, begin, production)),
      { code: "readinessMissing" },
    );
    const [row] = await owner`
      select (select count(*) from readiness_admission) as admissions, (select count(*) from insurer) as insurers,
        (select count(*) from insurer where phase <> 'access') as moved`;
    t.same(row, { admissions: 0, insurers: 2, moved: 0 }, "nothing was done");
  });

  await t.test("a sound one is imported, in validation none is asked for", async (t) => {
    const changes = await load({ statement: `${sound}\n` });
    t.match(changes, [
      { act: "readinessImported", details: { enterpriseNumber: ALPHA, statementId: /^7c9e/ } },
      { act: "phaseSet", details: { phase: "loading" } },
    ]);
    t.match(await load({}, { environment: "validation" }, BETA), [{ act: "phaseSet" }]);
  });

  await t.test("what the signer of validation states is sound for thirty days", async (t) => {
    const statement = await createStatementSigner(ring, "validation")(BETA);
    const keySet = { keys: [...ring.keySet().keys] } as never;
    const after = (days: number) => new Date(Date.now() + days * 86_400_000);
    const verify = (now: Date) => verifyStatement(statement, { keySet, enterpriseNumber: BETA, now });
    t.match(await verify(after(29.9)), { enterpriseNumber: BETA, items: READINESS_ITEMS });
    await t.rejects(verify(after(30.1)), /expired/);
  });
});
