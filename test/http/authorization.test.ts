import t from "tap";
import { grant, revokeClient, revokeGrant } from "../../src/identity/client-registry.ts";
import { SCOPES } from "../../src/identity/scopes.ts";
import { clientIdOf } from "./admit-with-client.ts";
import { listOperations } from "./api-operations.ts";
import { callAsOperator } from "./call-as-operator.ts";
import { ALPHA, BELGIF, BETA, contractFile, isProblem, openDoor, ROOT, send } from "./open-door.ts";

const ACTOR = { account: "test" };
const SUBMISSIONS = `${ROOT}/submissions`;
const REALM = 'Bearer realm="digitalContracts"';

t.test("a token that is not there, not good or not valid any more is told by its challenge", async (t) => {
  const door = await openDoor(t);
  const withoutToken = await door.alpha(SUBMISSIONS, { headers: { Authorization: "" } });
  isProblem(t, withoutToken, 401, `${BELGIF}noAccessToken`);
  t.equal(withoutToken.headers["www-authenticate"], REALM, "RFC 6750 section 3: no error where no token was sent");
  const bad = await door.alpha(SUBMISSIONS, { headers: { Authorization: "Bearer a.b.c" } });
  isProblem(t, bad, 401, `${BELGIF}invalidAccessToken`);
  t.match(bad.headers["www-authenticate"], `${REALM}, error="invalid_token"`);
  const late = await door.callAs(door.alphaCertificate, clientIdOf(ALPHA), { lifetimeSeconds: -60 })(SUBMISSIONS);
  isProblem(t, late, 401, `${BELGIF}expiredAccessToken`);
  t.match(late.headers["www-authenticate"], `${REALM}, error="invalid_token"`);
});

t.test("a scope that is missing is named, and no other one helps", async (t) => {
  const door = await openDoor(t);
  const everything = Object.values(SCOPES);
  for (const { method, path, scope } of [
    { method: "GET", path: "/submissions", scope: SCOPES.consult },
    { method: "POST", path: "/submissions", scope: SCOPES.submit },
    { method: "GET", path: "/notices", scope: SCOPES.consult },
    { method: "GET", path: "/events", scope: SCOPES.consult },
    { method: "GET", path: "/operator/insurers", scope: SCOPES.operate },
  ]) {
    const scopes = everything.filter((one) => one !== scope);
    const refused = await door.callAs(door.alphaCertificate, clientIdOf(ALPHA), { scopes })(ROOT + path, { method });
    isProblem(t, refused, 403, `${BELGIF}missingScope`);
    t.equal(refused.headers["www-authenticate"], `${REALM}, error="insufficient_scope", scope="${scope}"`);
  }
  const claimed = door.callAs(door.alphaCertificate, clientIdOf(ALPHA), { scopes: [SCOPES.operate] });
  isProblem(t, await claimed(`${ROOT}/operator/insurers`), 403, `${BELGIF}missingScope`);
  t.ok(listOperations().every(({ scope }) => everything.includes(scope)));
});

t.test("grants are explicit and dated: before, after and without one there is no permission", async (t) => {
  const door = await openDoor(t);
  const clientId = clientIdOf(ALPHA);
  const { institute } = door.database;
  const isRefused = async (name: string) => {
    const refused = await door.alpha(SUBMISSIONS);
    isProblem(t, refused, 403, `${BELGIF}missingPermission`);
    t.notOk(refused.headers["www-authenticate"], `${name}: another token would not help`);
    isProblem(t, await send(door.alpha, contractFile()), 403, `${BELGIF}missingPermission`);
  };
  await institute.begin((tx) => revokeGrant(tx, ACTOR, { clientId, enterpriseNumber: ALPHA }));
  await isRefused("revoked");
  const on = (validFrom: string, validTo?: string) =>
    institute.begin((tx) =>
      grant(tx, ACTOR, { clientId, enterpriseNumber: ALPHA, validFrom, ...(validTo !== undefined && { validTo }) }),
    );
  // The day of business is 22 November 2026.
  await on("2026-01-01", "2026-11-21");
  await isRefused("ended yesterday");
  await on("2026-11-23");
  await isRefused("begins tomorrow");
  await on("2026-11-22", "2026-11-22");
  t.equal((await door.alpha(SUBMISSIONS)).status, 200, "today alone");

  const other = await door.alpha(SUBMISSIONS, { headers: { "Infoss-Insurer": BETA } });
  isProblem(t, other, 403, `${BELGIF}missingPermission`);
  await institute.begin((tx) => revokeClient(tx, ACTOR, { clientId }));
  isProblem(
    t,
    await door.alpha(SUBMISSIONS),
    403,
    "urn:problem-type:nihdi:digitalContracts:clientCertificateNotRegistered",
  );
});

t.test("an operator acts for no insurer, whatever scopes its token claims", async (t) => {
  const door = await openDoor(t);
  const operator = await callAsOperator(t, door);
  isProblem(t, await operator(SUBMISSIONS), 403, `${BELGIF}missingScope`);
  isProblem(t, await send(operator, contractFile()), 403, `${BELGIF}missingScope`);
});
