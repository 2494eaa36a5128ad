import { compactVerify, createLocalJWKSet } from "jose";
import t from "tap";
import { createDevelopmentAuthority } from "../../src/identity/issue-certificate.ts";
import { listRoots } from "../../src/spaces/numbers/group-files.ts";
import { SHARED_GROUP, SYNTHETIC_DIGIT } from "../../src/spaces/numbers/synthetic-number.ts";
import { ALPHA, BELGIF, contractFile, digestOf } from "../http/open-door.ts";
import { type Machine, makeMachine } from "../operator/client-machine.ts";
import { runInfossProcess } from "../operator/run-infoss.ts";
import { createGatewayCaller, type Sent } from "./call-gateway.ts";
import { admitMachines, createGatewayEnvironment, type GatewayEnvironment } from "./gateway-environment.ts";

const LETTER = { validation: "S", production: "R" } as const;

t.test("two running environments: nothing issued or sent for one works in the other", async (t) => {
  const shared = await createDevelopmentAuthority({ commonName: "Clients" });
  const apart = await createDevelopmentAuthority({ commonName: "Clients of validation" });
  const validation = await createGatewayEnvironment(t, "validation", [shared.certificatePem, apart.certificatePem]);
  const production = await createGatewayEnvironment(t, "production", [shared.certificatePem]);
  const machines = {
    validation: await makeMachine(t, { authority: shared }, "alpha-validation"),
    production: await makeMachine(t, { authority: shared }, "alpha-production"),
    /** Registered in both with the same key and certificate, as nobody should. */
    both: await makeMachine(t, { authority: shared }, "alpha-both"),
    apart: await makeMachine(t, { authority: apart }, "alpha-apart"),
  };
  await admitMachines(validation, [machines.validation, machines.both, machines.apart]);
  await admitMachines(production, [machines.production, machines.both]);
  const [validationUrl, productionUrl] = await Promise.all([validation.start(), production.start()]);
  const at = {
    validation: (machine: Machine, issuer?: string) =>
      createGatewayCaller(validationUrl, validation.ca, machine, issuer),
    production: (machine: Machine, issuer?: string) =>
      createGatewayCaller(productionUrl, production.ca, machine, issuer),
  };
  const pairs = [
    { here: "validation", there: "production" },
    { here: "production", there: "validation" },
  ] as const;

  await t.test("numbers that choose their outcome are in the register of validation alone", async (t) => {
    const count = async ({ owner }: GatewayEnvironment) => {
      const [row] =
        await owner`select (select count(*)::int from provider) as providers, (select count(*)::int from fact_file) as facts,
        (select count(*)::int from competence_code where profession_digit = ${SYNTHETIC_DIGIT}) as codes`;
      return row;
    };
    t.strictSame(await count(validation), { providers: listRoots(SHARED_GROUP).length, facts: 1, codes: 1 });
    t.strictSame(await count(production), { providers: 0, facts: 0, codes: 0 });
  });

  for (const { here, there } of pairs) {
    await t.test(`from ${here} to ${there}`, async (t) => {
      const own = machines[here];
      t.equal((await at[here](own).call("/submissions")).status, 200, "at home it works");

      const token = await at[here](machines.both).getToken();
      t.equal((await at[here](machines.both).call("/submissions", { token })).status, 200);
      const foreign = await at[there](machines.both).call("/submissions", { token });
      t.match(foreign, { status: 401, json: { type: `${BELGIF}invalidAccessToken` } }, "its token");

      t.equal(await at[there](own).refusedToken(), "invalid_client", "its client, certificate and key");
      const issuer = `${here === "production" ? productionUrl : validationUrl}/auth`;
      const assertion = at[there](machines.both, issuer);
      t.equal(await assertion.refusedToken(), "invalid_client", "an assertion made for its issuer");
      t.equal(await at[there](machines.both).refusedToken(), undefined, "as the same one made for this issuer is not");

      const file = sendFile(here, `FROM-${here}`);
      t.match(
        await at[there](machines.both).call("/submissions", file),
        { status: 202, json: { state: "refused", findings: [{ code: "environmentMismatch" }] } },
        "its letter in the root",
      );
      t.match(await at[here](machines.both).call("/submissions", file), { status: 202, json: { state: "received" } });

      const { status, stderr } = await runInfossProcess(
        { ...settingsOf(there === "production" ? production : validation) },
        ["insurer", "phase", ALPHA, "suspended", "--environment", here],
      );
      t.match({ status, stderr }, { status: 2, stderr: /nothing was done/ }, "a command meant for it");
    });
  }

  await t.test("a certificate of an authority that only validation trusts", async (t) => {
    t.equal((await at.validation(machines.apart).call("/submissions")).status, 200);
    const token = await at.production(machines.both).getToken();
    const refused = await at.production(machines.apart).call("/submissions", { token });
    t.match(refused, { status: 401 });
    t.equal(await at.production(machines.apart).refusedToken(), "invalid_client");
  });

  await t.test("a receipt of one is no receipt of the other", async (t) => {
    const { json } = await at.validation(machines.both).call("/submissions", sendFile("validation", "RECEIPT"));
    const keysOf = async (url: string, { ca }: GatewayEnvironment) => {
      const answer = await createGatewayCaller(url, ca, machines.both).call("/../../../.well-known/jwks.json");
      return createLocalJWKSet({ keys: answer.json.keys as never });
    };
    await compactVerify(String(json.jws), await keysOf(validationUrl, validation));
    await t.rejects(compactVerify(String(json.jws), await keysOf(productionUrl, production)));
  });
});

function sendFile(environment: keyof typeof LETTER, reference: string): Sent {
  const body = contractFile({ reference }).replace('environment="S"', `environment="${LETTER[environment]}"`);
  const headers = { "Content-Type": "application/xml", "Content-Digest": digestOf(body) };
  return { method: "POST", headers, body };
}

function settingsOf({ settings }: GatewayEnvironment): Record<string, string> {
  return { ...settings, PUBLIC_URL: "https://gateway.example" };
}
