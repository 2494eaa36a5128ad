import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { createDevelopmentAuthority, generateSigningKeyPem } from "../../src/identity/issue-certificate.ts";
import { makeMachine } from "../operator/client-machine.ts";
import { runInfossProcess } from "../operator/run-infoss.ts";
import { createGatewayCaller } from "./call-gateway.ts";
import { admitMachines, createGatewayEnvironment } from "./gateway-environment.ts";

t.test("a running gateway keeps logins, denials and reads, seals them, and the trail verifies", async (t) => {
  const authority = await createDevelopmentAuthority({ commonName: "Clients" });
  const environment = await createGatewayEnvironment(t, "validation", [authority.certificatePem]);
  const machine = await makeMachine(t, { authority }, "alpha-1");
  await admitMachines(environment, [machine]);
  const url = await environment.start();
  const alpha = createGatewayCaller(url, environment.ca, machine);

  const token = await alpha.getToken();
  const impostor = createGatewayCaller(url, environment.ca, { ...machine, keyPem: await generateSigningKeyPem() });
  t.equal(await impostor.refusedToken(), "invalid_client");
  t.equal((await alpha.call("/submissions", { token })).status, 200);
  t.equal((await alpha.call("/operator/insurers", { token })).status, 403);

  const hash = createHash("sha256").update(token).digest();
  const rows = await environment.owner`
    select kind, status, method, route, client_id as "clientId", token_sha256 = ${hash} as "isItsToken",
      chain_id = 0 as "isInstitutes" from audit_event where kind <> 'operatorAct' order by event_id`;
  const api = "/REST/digitalContracts/v1";
  const its = { clientId: "alpha-1", isItsToken: true };
  t.same(
    [...rows],
    [
      { kind: "login", status: 200, method: "POST", route: "/auth/token", ...its, isInstitutes: true },
      // Who it was said to be, not proved.
      {
        ...{ kind: "denial", status: 401, method: "POST", route: "/auth/token", clientId: "alpha-1" },
        ...{ isItsToken: null, isInstitutes: true },
      },
      { kind: "read", status: 200, method: "GET", route: `${api}/submissions`, ...its, isInstitutes: false },
      { kind: "denial", status: 403, method: "GET", route: `${api}/operator/insurers`, ...its, isInstitutes: true },
    ],
  );

  const verify = async () => await runInfossProcess({ ...environment.settings }, ["audit", "verify", "--json"]);
  const isSealed = async () => {
    const [row] = await environment.owner<{ count: number }[]>`
      select count(*) as count from audit_event e where not exists (
        select from audit_sealed_event s where s.event_id = e.event_id)`;
    return row!.count === 0;
  };
  while (!(await isSealed())) await sleep(200);
  const whole = await verify();
  t.match({ status: whole.status, ...JSON.parse(whole.stdout) }, { status: 0, faultCount: 0, unsealed: { count: 0 } });

  await environment.owner`update audit_event set client_id = 'beta-1' where kind = 'read'`;
  const altered = await verify();
  t.equal(altered.status, 1);
  t.match(JSON.parse(altered.stdout), { faultCount: 1, faults: [{ code: "eventAltered" }] });
});
