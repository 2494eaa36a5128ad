import { join } from "node:path";
import { createLogger } from "../src/log.ts";
import { startSftpServer } from "../src/sftp/server/sftp-server.ts";

// A process that is nothing but the embedded SFTP server: FOLDER and the public key of its one account, `alpha`. Prints its
// port and its host key as one line of JSON.

const [folder = "", publicKey = ""] = process.argv.slice(2);
const blob = Buffer.from(publicKey.split(" ")[1] ?? "", "base64");
const server = await startSftpServer({
  host: "127.0.0.1",
  port: 0,
  hostKeyFile: join(folder, "host-key"),
  root: join(folder, "accounts"),
  findAccountByKey: async (accountName, key) => (key.equals(blob) ? { accountName } : undefined),
  gatewayKey: "",
  limits: { freeBytes: 0 },
  log: createLogger("warn"),
});
process.stdout.write(`${JSON.stringify({ port: server.port, hostKey: server.hostKey })}\n`);
