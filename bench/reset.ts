import {
  createGatewayClient,
  createPublicClient,
  expectData,
  type GatewayClient,
} from "../src/client/gateway-client.ts";
import { createCertificateRequest } from "../src/identity/certificate-request.ts";
import { startBenchDatabase } from "./bench-database.ts";
import { BenchError } from "./bench-error.ts";
import { createDataDirectory, readClientIdentity, startGateway } from "./gateway.ts";
import type { BenchOutcome } from "./load.ts";
import { describeMachine } from "./machine.ts";
import { atMost, median } from "./report.ts";

/** Beside the admission an account may have nineteen within a day. */
const RESETS = 9;
const MAXIMUM_SECONDS = 5;
const CONTRACTS = 200;

/** Resets of a space in a gateway of validation, one after the other: from the call to the answer, with all that it holds. */
export async function benchReset(): Promise<BenchOutcome> {
  const database = await startBenchDatabase();
  try {
    const dataDirectory = createDataDirectory();
    const { admissionMs, resetMs } = await database.withCopy(undefined, async (url) => {
      // What else goes on there, goes on here: the workers of the gateway are at work.
      const gateway = await startGateway(url, dataDirectory);
      const measured = await measureResets(gateway.url, dataDirectory);
      await gateway.stop();
      return measured;
    });
    const seconds = resetMs.map((ms) => ms / 1000);
    return {
      report: {
        bench: "reset",
        machine: `${describeMachine()}, ${database.version}`,
        figures: [
          atMost(MAXIMUM_SECONDS, "reset of a space, slowest", Math.max(...seconds), "s"),
          atMost(MAXIMUM_SECONDS, "reset of a space, median", median(seconds), "s"),
        ],
      },
      notes: [
        `${RESETS} resets to a live space of ${CONTRACTS} contracts: ${seconds.map((one) => one.toFixed(2)).join(", ")} s; ` +
          `the admission before ${(admissionMs / 1000).toFixed(2)} s`,
      ],
    };
  } finally {
    await database.stop();
  }
}

async function measureResets(url: string, dataDirectory: string) {
  const { ca } = await readClientIdentity(dataDirectory);
  const { requestPem, keyPem } = await createCertificateRequest("bench");
  const stranger = createPublicClient({ url, ca });
  const start = performance.now();
  const body = { name: "bench", certificateRequest: requestPem };
  const { clientId, certificate } = expectData(await stranger.api.POST("/admissions", { body }));
  const admissionMs = performance.now() - start;
  await stranger.close();
  const tls = { cert: certificate, key: keyPem, ca };
  const client = createGatewayClient({ url, clientId, assertionKey: keyPem, tls });
  try {
    // The token is there before anything is measured.
    expectData(await client.api.GET("/space"));
    const resetMs: number[] = [];
    for (let turn = 0; turn < RESETS; turn += 1) resetMs.push(await reset(client));
    return { admissionMs, resetMs };
  } finally {
    await client.close();
  }
}

async function reset({ api }: GatewayClient): Promise<number> {
  const start = performance.now();
  const space = expectData(await api.POST("/space/reset", { params: { query: { phase: "live" } } }));
  const ms = performance.now() - start;
  const found = expectData(await api.GET("/space"));
  if (found.contractCount !== CONTRACTS || found.enterpriseNumber !== space.enterpriseNumber) {
    throw new BenchError("A reset left another space than it answered: nothing was measured.");
  }
  return ms;
}
