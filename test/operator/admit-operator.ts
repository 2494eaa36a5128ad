import { readFileSync } from "node:fs";
import type { Test } from "tap";
import type { ClientKind } from "../../src/identity/identity-kinds.ts";
import { setUpClient } from "../../src/operator/client-setup.ts";
import type { Door } from "../http/open-door.ts";
import { createMachineCaller, type Machine, makeMachine } from "./client-machine.ts";

/** Makes a machine and registers it with its key and certificate, in the way of the test. */
export async function admitMachine(
  t: Test,
  door: Door,
  { clientId, kind, enterpriseNumber }: { clientId: string; kind: ClientKind; enterpriseNumber?: string },
): Promise<Machine> {
  const machine = await makeMachine(t, door, clientId);
  const { keys } = JSON.parse(readFileSync(machine.jwksFile, "utf8"));
  const { certificatePem } = machine.certificate;
  const setup = { clientId, name: clientId, kind, keys, certificatePem, grantFrom: "2020-01-01" };
  await door.database.institute.begin((tx) =>
    setUpClient(tx, { account: "test" }, { ...setup, ...(enterpriseNumber !== undefined && { enterpriseNumber }) }),
  );
  return machine;
}

export async function callAsOperator(t: Test, door: Door) {
  return createMachineCaller(door, await admitMachine(t, door, { clientId: "desk-1", kind: "operator" })).call;
}
