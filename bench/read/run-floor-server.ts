import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BenchError } from "../bench-error.ts";
import { NODE_FLAGS } from "../node-flags.ts";

const SERVER = fileURLToPath(new URL("floor-server.ts", import.meta.url));

/** Starts the bare route on the certificates of the gateway, as a process of its own. */
export async function startFloorServer(databaseUrl: string, dataDirectory: string, insurerId: number) {
  const args = [...NODE_FLAGS, SERVER, databaseUrl, join(dataDirectory, "certificates"), String(insurerId)];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    // As the gateway: nothing of the caller's environment.
    env: { PATH: process.env.PATH },
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const exited = once(child, "exit").then(([code]) => {
    throw new BenchError(`The bare route ended with ${code}.`);
  });
  exited.catch(() => {}); // after its port is known, nobody waits for this any more
  const [port] = await Promise.race([once(child.stdout, "data"), exited]);
  return {
    port: Number(String(port)),
    async stop() {
      process.off("exit", kill);
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}
