import t from "tap";
import type { SeenSession } from "../../src/connection-tests/connection-test.ts";
import { createSessionBook } from "../../src/connection-tests/session-book.ts";
import { composeFile } from "../flows/compose-file.ts";
import { openExchange } from "./open-exchange.ts";

const SESSION: SeenSession = {
  sourceAddress: "192.0.2.7",
  clientVersion: "SSH-2.0-test",
  keyExchange: "curve25519-sha256",
  hostKeyAlgorithm: "ssh-ed25519",
  ciphers: ["aes256-ctr", "aes256-ctr"],
  macs: ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com"],
  keyAlgorithm: "ssh-rsa",
  keyBits: 2048,
  keyFingerprint: "SHA256:key",
  loggedInAt: "2026-11-22T09:00:00.000Z",
};

t.test("what a receipt tells of the connection of a circuit test", async (t) => {
  const sessions = createSessionBook();
  const { open, owner } = await openExchange(t, { ssh: { hostKeys: ["SHA256:host"], sessions } });
  const account = await open();
  const { insurer, name, accountName } = account;

  async function drop(sequence: number, letter: "T" | "S", ssh?: { hostKeys: readonly string[] }): Promise<string> {
    const file = composeFile({ sender: insurer.enterpriseNumber, reference: `R-${sequence}`, environment: letter });
    account.put(`FI.${name(sequence, letter)}`, file);
    account.put(`GO.${name(sequence, letter)}`);
    await account.serve(ssh && { ssh });
    const answers = account.names("OUT").filter((answer) => answer.startsWith("FO.ACRF"));
    return answers
      .map((answer) => account.fetch(answer))
      .find((xml) => xml.includes(`>FI.${name(sequence, letter)}<`))!;
  }

  await t.test("with the gateway's own server: the session that wrote the file", async (t) => {
    sessions.note(accountName, `FI.${name(1, "T")}`, SESSION);
    const xml = await drop(1, "T");
    t.match(xml, '<seen name="sourceAddress">192.0.2.7</seen>');
    t.match(
      xml,
      '<seen name="mac">hmac-sha2-256-etm@openssh.com</seen><seen name="mac">hmac-sha2-512-etm@openssh.com</seen>',
    );
    t.match(xml, /<passed>true<\/passed>[\s\S]*<code>sshKeyShort<\/code><severity>warning/);
    t.match(xml, '<text language="nl">De SSH-sleutel is een korte RSA-sleutel (2048 bits).');
  });

  await t.test("with another server in front: its key, and that no session was seen", async (t) => {
    const xml = await drop(2, "T", { hostKeys: ["SHA256:front"] });
    t.match(xml, /<seen name="hostKey">SHA256:front<\/seen><findings><finding><code>sshSessionNotSeen/);
    t.notMatch(xml, "sourceAddress");
  });

  await t.test("a session that wrote another file is not taken for it, and other letters test nothing", async (t) => {
    t.match(await drop(3, "T"), "sshSessionNotSeen");
    t.notMatch(await drop(4, "S"), "<connection>");
    const tests = await owner`select channel, submission_id is not null as "hasTicket" from connection_test`;
    t.same([...tests], Array(3).fill({ channel: "sftp", hasTicket: true }));
  });
});
