import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { createDevelopmentAuthority } from "../../src/identity/issue-certificate.ts";
import { fingerprint } from "../../src/sftp/sftp-session.ts";
import { ALPHA } from "../http/open-door.ts";
import { makeMachine } from "../operator/client-machine.ts";
import { runInfossProcess } from "../operator/run-infoss.ts";
import { connect } from "../sftp/drop-server.ts";
import { makeSshKey } from "../sftp/ssh-keys.ts";
import { createGatewayCaller } from "./call-gateway.ts";
import { admitMachines, createGatewayEnvironment } from "./gateway-environment.ts";

/** Within which operators are promised that a revocation acts in every process. */
const PROMISE_MS = 60_000;

t.test(
  "what the command line revokes is refused by every process within a minute",
  { timeout: 2 * PROMISE_MS },
  async (t) => {
    const authority = await createDevelopmentAuthority({ commonName: "Clients" });
    // Asking again and again whether it still works must not be what stops it.
    const more = { FAILURES_PER_CLIENT: "0", FAILURES_PER_ADDRESS: "0", ROLES: "serve,worker,sftp" };
    const environment = await createGatewayEnvironment(t, "validation", [authority.certificatePem], more);
    const machines = {
      client: await makeMachine(t, { authority }, "revoked-client"),
      certificate: await makeMachine(t, { authority }, "revoked-certificate"),
      key: await makeMachine(t, { authority }, "revoked-key"),
      grant: await makeMachine(t, { authority }, "revoked-grant"),
      sshKey: await makeMachine(t, { authority }, "revoked-ssh-key"),
      other: await makeMachine(t, { authority }, "untouched"),
    };
    const infoss = async (...words: string[]) => {
      const args = [...words, "--environment", "validation"];
      const { status, stderr } = await runInfossProcess({ ...environment.settings }, args);
      t.equal(status, 0, `${words.slice(0, 2).join(" ")}: ${stderr}`);
    };
    await admitMachines(environment, Object.values(machines));
    const urls = await Promise.all([environment.start(), environment.start()]);
    const callers = (name: keyof typeof machines) =>
      urls.map((url) => createGatewayCaller(url, environment.ca, machines[name]));

    const tokens: Partial<Record<keyof typeof machines, string[]>> = {};
    for (const name of Object.keys(machines) as (keyof typeof machines)[]) {
      tokens[name] = await Promise.all(callers(name).map(({ getToken }) => getToken()));
      for (const [index, { call }] of callers(name).entries()) {
        t.equal((await call("/submissions", { token: tokens[name][index]! })).status, 200, `${name}, process ${index}`);
      }
    }

    const accounts = ["client", "sshKey", "other"] as const;
    const sshKeys = Object.fromEntries(
      accounts.map((name) => [name, makeSshKey(dirname(environment.settings.AUDIT_KEY_FILE!), name)]),
    );
    for (const name of accounts) {
      await infoss("ssh-key", "register", machines[name].clientId, `${sshKeys[name]!.file}.pub`);
      await infoss("account", "open", machines[name].clientId, machines[name].clientId);
    }
    /** A new session with the server of a process. */
    const login = async (name: (typeof accounts)[number], index: number) => {
      const port = environment.gateways[index]!.sftpPort()!;
      const client = await connect(t, { port }, machines[name].clientId, sshKeys[name]!);
      t.equal((await client.list("/IN")).length, 0);
      await client.end();
    };
    for (const index of urls.keys()) for (const name of accounts) await login(name, index);

    await infoss("client", "revoke", machines.client.clientId);
    await infoss("ssh-key", "revoke", machines.sshKey.clientId, fingerprint(sshKeys.sshKey!.blob));
    const thumbprint = machines.certificate.certificate.thumbprint.toString("hex");
    await infoss("certificate", "revoke", machines.certificate.clientId, thumbprint);
    await infoss("key", "revoke", machines.key.clientId, machines.key.kid);
    await infoss("grant", "revoke", machines.grant.clientId, ALPHA);
    const promisedUntil = performance.now() + PROMISE_MS;

    /** Whether it becomes true of each process before the promise ends. */
    const holdsEverywhere = async (name: keyof typeof machines, isRefused: (index: number) => Promise<boolean>) => {
      for (const index of urls.keys()) {
        let refused = await isRefused(index);
        while (!refused && performance.now() < promisedUntil) {
          await sleep(250);
          refused = await isRefused(index);
        }
        t.ok(refused, `${name}, process ${index}`);
      }
    };
    const callWithOldToken = (name: keyof typeof machines) => async (index: number) =>
      (await callers(name)[index]!.call("/submissions", { token: tokens[name]![index]! })).status === 403;
    const askForToken = (name: keyof typeof machines) => async (index: number) =>
      (await callers(name)[index]!.refusedToken()) === "invalid_client";
    await holdsEverywhere("client", callWithOldToken("client"));
    await holdsEverywhere("client", askForToken("client"));
    await holdsEverywhere("certificate", callWithOldToken("certificate"));
    await holdsEverywhere("certificate", askForToken("certificate"));
    await holdsEverywhere("key", askForToken("key"));
    await holdsEverywhere("grant", callWithOldToken("grant"));
    const cannotLogIn = (name: (typeof accounts)[number]) => async (index: number) => {
      try {
        await login(name, index);
        return false;
      } catch (error) {
        return /authentication methods failed/.test(String(error));
      }
    };
    await holdsEverywhere("sshKey", cannotLogIn("sshKey"));
    await holdsEverywhere("client", cannotLogIn("client"));
    for (const index of urls.keys()) await login("other", index);

    for (const { call } of callers("other"))
      t.equal((await call("/submissions")).status, 200, "nobody else is touched");
  },
);
