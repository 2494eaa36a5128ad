import { readFileSync } from "node:fs";
import t from "tap";
import { SFTP_LIMITS } from "../../src/sftp/server/sftp-limits.ts";
import { MAXIMUM_PACKET_BYTES } from "../../src/sftp/server/sftp-protocol.ts";

const document = readFileSync(new URL("../../docs/sftp-server.md", import.meta.url), "utf8");

t.test("the limits in the document are those of the code", async (t) => {
  const row = (start: string) =>
    document
      .split("\n")
      .find((line) => line.startsWith(`| ${start}`))
      ?.split(" | ")[1] ?? "";
  const { connections, connectionsPerAddress, channels, handles, folderBytes, folderFiles } = SFTP_LIMITS;
  for (const [start, value] of [
    ["connections, of", `${connections}, ${connectionsPerAddress}`],
    ["connections that have not", `${SFTP_LIMITS.unknownConnections}`],
    ["connections of an account", `${SFTP_LIMITS.connectionsPerAccount}`],
    ["channels", `${channels}, ${handles}`],
    ["requests a second", `${SFTP_LIMITS.requestsPerSecond}`],
    ["connections a minute", `${SFTP_LIMITS.failedLogins}`],
    ["keys that", `${SFTP_LIMITS.loginAttempts}`],
    ["time to log in", `${SFTP_LIMITS.loginTimeoutMs / 1000} s, ${SFTP_LIMITS.idleTimeoutMs / 1000} s`],
    ["bytes and files", `${folderBytes}, ${folderFiles}`],
    ["space", `${SFTP_LIMITS.freeBytes} bytes`],
    ["a packet", `${MAXIMUM_PACKET_BYTES} bytes`],
  ] as const) {
    t.equal(row(start).replace(/ \|$/, ""), value, start);
  }
});

t.test("the files that operators install are there", async (t) => {
  for (const name of ["sshd_config", "set-up-host.sh", "add-account.sh"]) {
    t.ok(readFileSync(new URL(`../../src/sftp/openssh/${name}`, import.meta.url), "utf8").length > 0);
    t.match(document, name);
  }
});
