import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { SCOPES } from "../../src/identity/scopes.ts";
import { openDoor } from "../http/open-door.ts";
import { createMachineCaller, makeMachine, makeSshKey, refusedToken } from "./client-machine.ts";
import { createInfoss } from "./run-infoss.ts";

const GAMMA = "0471938850";
const VALIDATION = ["--environment", "validation"] as const;

t.test("operators let a client in by the command line, and put each of its things out again", async (t) => {
  const door = await openDoor(t);
  const infoss = createInfoss(door.owner);
  let actCount = 0;
  /** A command that must succeed. */
  const act = async (words: string, ...more: string[]) => {
    const ran = await infoss(words, ...more, ...VALIDATION, "--as", "mia", "--json");
    t.match(
      ran,
      { status: 0, stderr: /^environment validation, database test_\w+ at 127\.0\.0\.1:\d+, as mia\n$/ },
      words,
    );
    const changes = JSON.parse(ran.stdout);
    actCount += changes.length;
    return changes;
  };
  const desk = await makeMachine(t, door, "desk-1");
  const gamma = await makeMachine(t, door, "gamma-1");

  await t.test("the first operator", async (t) => {
    t.equal(await refusedToken(door, desk), "invalid_client", "nobody before");
    const changes = await act("operator create desk-1", "--jwks", desk.jwksFile, "--certificate", desk.certificateFile);
    t.match(changes, [
      { act: "clientCreated", clientId: "desk-1", details: { scopes: [SCOPES.operate, SCOPES.audit] } },
      { act: "keyRegistered", details: { kid: "first" } },
      { act: "certificateRegistered", details: { thumbprint: desk.certificate.thumbprint.toString("hex") } },
    ]);
    const answer = await createMachineCaller(door, desk).call("GET", "/operator/insurers");
    t.match(answer, { status: 200, json: { items: [{ name: "Alpha" }, { name: "Beta" }] } });
  });

  await t.test("an insurer with its client", async (t) => {
    await act("insurer admit", GAMMA, "--name", "Gamma");
    await act("insurer phase", GAMMA, "loading");
    await act("client create gamma-1", "--name", "Gamma");
    await act("key register gamma-1", gamma.jwksFile);
    await act("certificate register gamma-1", gamma.certificateFile);
    const { call } = createMachineCaller(door, gamma);
    t.match(await call("GET", "/submissions"), { status: 403, json: { type: /missingPermission/ } }, "no grant yet");
    await act("grant add gamma-1", GAMMA, "--from", "2020-01-01");
    t.match(await call("GET", "/submissions"), { status: 200, json: { items: [] } });
    t.match(await call("GET", "/operator/insurers"), { status: 403, json: { type: /missingScope/ } }, "no operator");
  });

  await t.test("a certificate: two at a time, and the revoked one is refused", async (t) => {
    const second = await makeMachine(t, door, "gamma-1", "second");
    const third = await makeMachine(t, door, "gamma-1", "third");
    const { call } = createMachineCaller(door, gamma);
    t.equal((await call("GET", "/submissions")).status, 200);
    await act("certificate register gamma-1", second.certificateFile);
    const refused = await infoss("certificate register gamma-1", third.certificateFile, ...VALIDATION);
    t.match(refused, { status: 1, stdout: "", stderr: /at most 2 active certificates: revoke one first\.\n$/ });
    await act("certificate revoke gamma-1", gamma.certificate.thumbprint.toString("hex"));
    t.match(await call("GET", "/submissions"), { status: 403, json: { type: /clientCertificateNotRegistered/ } });
    t.equal(await refusedToken(door, gamma), "invalid_client");
    const next = createMachineCaller(door, { ...gamma, certificate: second.certificate });
    t.equal((await next.call("GET", "/submissions")).status, 200, "the next one goes on");
    await act("certificate register gamma-1", third.certificateFile);
    const { stdout } = await infoss("certificate list --client gamma-1 --json");
    t.match(JSON.parse(stdout), [{ state: "revoked" }, { state: "active" }, { state: "active" }]);
  });

  await t.test("a key: two at a time, and the revoked one gives no token", async (t) => {
    const second = await makeMachine(t, door, "gamma-1", "second");
    const third = await makeMachine(t, door, "gamma-1", "third");
    const certificate = third.certificate;
    await act("certificate revoke gamma-1", await activeThumbprint(infoss));
    await act("certificate register gamma-1", third.certificateFile);
    await act("key register gamma-1", second.jwksFile);
    const refused = await infoss("key register gamma-1", third.jwksFile, ...VALIDATION);
    t.match(refused, { status: 1, stderr: /at most 2 active keys: revoke one first\.\n$/ });
    t.equal(await refusedToken(door, { ...gamma, certificate }), undefined);
    await act("key revoke gamma-1 first");
    t.equal(await refusedToken(door, { ...gamma, certificate }), "invalid_client");
    t.equal(await refusedToken(door, { ...second, certificate }), undefined);

    await t.test("then the insurer, the grant and the client", async (t) => {
      const { call } = createMachineCaller(door, { ...second, certificate });
      await act("insurer phase", GAMMA, "suspended");
      t.match(await call("GET", "/submissions"), {
        status: 403,
        json: { type: /missingPermission/, detail: /suspended/ },
      });
      await act("insurer phase", GAMMA, "loading");
      t.equal((await call("GET", "/submissions")).status, 200);
      await act("client scopes gamma-1 submit");
      t.match(await call("GET", "/submissions"), { status: 403, json: { type: /missingScope/ } });
      await act("client scopes gamma-1 submit consult");
      await act("grant revoke gamma-1", GAMMA);
      t.match(await call("GET", "/submissions"), { status: 403, json: { type: /missingPermission/ } });
      await act("client revoke gamma-1");
      const answer = await call("GET", "/submissions");
      t.match(answer, { status: 403, json: { type: /clientCertificateNotRegistered/ } });
      t.equal(await refusedToken(door, { ...second, certificate }), "invalid_client");
    });
  });

  await t.test("SSH keys, accounts and contacts", async (t) => {
    const file = join(t.testdir(), "id.pub");
    writeFileSync(file, makeSshKey());
    const [{ details }] = await act("ssh-key register client-0403019261", file);
    t.match((await infoss("ssh-key list")).stdout, details.fingerprint);
    await act("ssh-key revoke client-0403019261", details.fingerprint);
    t.match(await act("account open client-0403019261 alpha --signature required --language nl"), [
      { act: "accountOpened" },
    ]);
    await act("account change client-0403019261 --language de");
    t.match((await infoss("account list")).stdout, /alpha +client-0403019261 +no +de/);
    t.equal((await infoss("account open client-0428759497 Alpha! --environment validation")).status, 1);
    for (const list of ["drops list", "answers list alpha", "signing-certificate list"]) {
      t.equal((await infoss(list)).stdout, "none\n", list);
    }
    await act("insurer contact put", GAMMA, "Desk@Gamma.example", "--name", "Desk", "--language", "de");
    t.match((await infoss("insurer contact list", GAMMA)).stdout, /desk@gamma\.example +Desk +de/);
    await act("insurer contact remove", GAMMA, "desk@gamma.example");
    t.equal((await infoss("insurer contact list", GAMMA)).stdout, "none\n");
  });

  await t.test("each act is on the audit trail, in the words in which it was done", async (t) => {
    const { stdout } = await infoss("audit acts --json");
    const acts = JSON.parse(stdout);
    const [events] = await door.owner<{ count: number }[]>`
      select count(*) as count from audit_event where kind = 'operatorAct' and client_id = 'account:mia' and method = 'CLI'`;
    t.equal(acts.length, actCount);
    t.equal(events!.count, actCount);
    t.ok(acts.every((one: { by: string; isAudited: boolean }) => one.by === "account:mia" && one.isAudited));
    const [gammaId] = await door.owner<{ id: number }[]>`select insurer_id as id from insurer where name = 'Gamma'`;
    const chain = await door.owner<{ route: string }[]>`
      select route from audit_event where chain_id = ${gammaId!.id} and kind = 'operatorAct' order by event_id`;
    t.same(
      chain.map(({ route }) => route),
      [
        "infoss insurer admit",
        "infoss insurer phase",
        "infoss grant add",
        "infoss insurer phase",
        "infoss insurer phase",
        "infoss grant revoke",
        "infoss insurer contact put",
        "infoss insurer contact remove",
      ],
      "what concerns the insurer is in its own chain",
    );
    await door.owner`update operator_act set document = replace(document, 'Gamma', 'Delta') where document like '%insurerAdmitted%'`;
    const [, ...rows] = (await infoss("audit acts")).stdout.trim().split("\n");
    t.equal(rows.filter((row) => / NO /.test(row)).length, 1, "and one whose words were changed shows");
  });
});

async function activeThumbprint(infoss: ReturnType<typeof createInfoss>): Promise<string> {
  const { stdout } = await infoss("certificate list --client gamma-1 --json");
  return JSON.parse(stdout).findLast(({ state }: { state: string }) => state === "active").thumbprint;
}
