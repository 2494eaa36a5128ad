import { randomUUID } from "node:crypto";
import { createTokenSource } from "../../src/client/token-client.ts";
import { startBenchDatabase } from "../bench-database.ts";
import { BenchError } from "../bench-error.ts";
import { type ClientIdentity, createDataDirectory, readClientIdentity, startGateway } from "../gateway.ts";
import type { BenchOutcome } from "../load.ts";
import { describeMachine } from "../machine.ts";
import { prepareStore } from "../measure-load.ts";
import { prepareFiles } from "../prepared-files.ts";
import { atLeast, atMost, median } from "../report.ts";
import { sendAndAwaitReport } from "../submission-client.ts";
import { drive, percentile, type Round } from "./drive.ts";
import { composeGet, type HttpConnection, openConnection } from "./http-connection.ts";
import { measureTokens } from "./measure-tokens.ts";
import { multiplySubmission, type ReadStore } from "./read-store.ts";
import { startFloorServer } from "./run-floor-server.ts";

const LEAST_SHARE = 0.3;
const RECORDS = 1_000;
const SUBMISSIONS = 5_000;
const CONNECTIONS = 64;
const TOKEN_CONNECTIONS = 8;
const WARM_UP_MS = 2_000;
const ROUND_MS = 1_500;
const PAIRS = 7;
const QUESTIONS_OF_EACH_ID = 2_000;

/** One client may ask as much as it can here: what is measured is the route, not the limit. */
const UNLIMITED = { RATE_LIMIT_PER_CLIENT: "0", RATE_LIMIT_PER_ADDRESS: "0" };
const PATH = "/REST/digitalContracts/v1/submissions";

interface Pair {
  readonly floor: Round;
  readonly ours: Round;
}

interface Measured {
  readonly pairs: readonly Pair[];
  readonly tokens: Round;
  /** Median times of an id of another insurer and of one that never was, in milliseconds. */
  readonly foreignMs: number;
  readonly neverMs: number;
}

/** Reads one submission over and over through the gateway and through a bare route on the same rows, alternately. */
export async function benchRead(): Promise<BenchOutcome> {
  const files = await prepareFiles({ records: RECORDS, seed: 1 });
  const database = await startBenchDatabase();
  try {
    const dataDirectory = createDataDirectory();
    const store = await prepareStore({ database, dataDirectory }, [files]);
    const measured = await database.withCopy(store, async (url) => {
      const gateway = await startGateway(url, dataDirectory, UNLIMITED);
      try {
        const identity = await readClientIdentity(dataDirectory);
        const { submissionId } = await sendAndAwaitReport(gateway.url, identity, files);
        const ids = await multiplySubmission(url, submissionId, SUBMISSIONS);
        const floor = await startFloorServer(url, dataDirectory, ids.insurerId);
        try {
          return await measure({ url: gateway.url, floorPort: floor.port, identity, ids });
        } finally {
          await floor.stop();
        }
      } finally {
        await gateway.stop();
      }
    });
    return describeOutcome(`${describeMachine()}, ${database.version}`, measured);
  } finally {
    await database.stop();
  }
}

interface Scene {
  readonly url: string;
  readonly floorPort: number;
  readonly identity: ClientIdentity;
  readonly ids: ReadStore;
}

async function measure({ url, floorPort, identity, ids }: Scene): Promise<Measured> {
  const { assertionKey, ...tls } = identity;
  const issuer = `${url}/auth`;
  const token = await createTokenSource({ issuer, clientId: "client-alpha", key: assertionKey, tls })();
  const open = (port: number, count: number) =>
    Promise.all(Array.from({ length: count }, () => openConnection({ ...tls, host: "localhost", port })));
  const gatewayPort = Number(new URL(url).port);
  const [ours, floor] = await Promise.all([open(gatewayPort, CONNECTIONS), open(floorPort, CONNECTIONS)]);
  try {
    const askUs = (id: string) => composeGet(`${PATH}/${id}`, { Authorization: `Bearer ${token}` });
    const nextOfOurs = cycle(ids.ownIds.map(askUs));
    const nextOfFloor = cycle(ids.ownIds.map((id) => composeGet(`/submissions/${id}`, {})));
    await drive(floor, nextOfFloor, WARM_UP_MS);
    await drive(ours, nextOfOurs, WARM_UP_MS);
    const pairs: Pair[] = [];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      pairs.push({ floor: await drive(floor, nextOfFloor, ROUND_MS), ours: await drive(ours, nextOfOurs, ROUND_MS) });
    }
    const times = await compareUnknownIds(ours[0]!, askUs, ids.foreignIds);
    const tokens = await measureTokens(ours.slice(0, TOKEN_CONNECTIONS), issuer, assertionKey);
    return { pairs, tokens, ...times };
  } finally {
    for (const connection of [...ours, ...floor]) connection.close();
  }
}

/** Alternately, in an order that changes: whatever slows the machine slows both. */
async function compareUnknownIds(
  connection: HttpConnection,
  askFor: (id: string) => Buffer,
  foreignIds: readonly string[],
): Promise<{ foreignMs: number; neverMs: number }> {
  const foreign: number[] = [];
  const never: number[] = [];
  const time = async (request: Buffer, times: number[]) => {
    const askedAt = performance.now();
    const { status, body } = await connection.ask(request);
    times.push(performance.now() - askedAt);
    if (status !== 404) throw new BenchError(`An id that is not the insurer's was answered by ${status}: ${body}`);
  };
  for (let question = 0; question < QUESTIONS_OF_EACH_ID; question += 1) {
    const requests: [Buffer, number[]][] = [
      [askFor(foreignIds[question % foreignIds.length]!), foreign],
      [askFor(randomUUID()), never],
    ];
    if (question % 2 === 1) requests.reverse();
    for (const [request, times] of requests) await time(request, times);
  }
  return { foreignMs: median(foreign), neverMs: median(never) };
}

function cycle<T>(values: readonly T[]): () => T {
  let index = 0;
  return () => values[index++ % values.length]!;
}

function describeOutcome(machine: string, { pairs, tokens, foreignMs, neverMs }: Measured): BenchOutcome {
  const share = median(pairs.map(({ ours, floor }) => ours.perSecond / floor.perSecond));
  const unknown = foreignMs / neverMs;
  const figures = [
    atLeast(LEAST_SHARE, "requests a second over those of a bare route", share, "times"),
    atLeast(0.9, "time of another's id over that of an id that never was", unknown, "times"),
    atMost(1.1, "time of another's id over that of an id that never was", unknown, "times"),
  ];
  const rate = (round: Round) => Math.round(round.perSecond).toLocaleString("en");
  const latencies = (rounds: readonly Round[]) => {
    const all = rounds.flatMap(({ latenciesMs }) => latenciesMs);
    return `p50 ${percentile(all, 0.5).toFixed(2)} ms, p99 ${percentile(all, 0.99).toFixed(2)} ms`;
  };
  const notes = [
    `${CONNECTIONS} connections, ${SUBMISSIONS.toLocaleString("en")} submissions of each insurer, ${PAIRS} pairs of ${ROUND_MS / 1000} s, the median of their ratios above:`,
    ...pairs.map(
      ({ floor, ours }, index) =>
        `  ${index + 1}: bare route ${rate(floor)} requests/s; gateway ${rate(ours)} requests/s`,
    ),
    `  bare route: ${latencies(pairs.map(({ floor }) => floor))}`,
    `  gateway: ${latencies(pairs.map(({ ours }) => ours))}`,
    `  another's id ${foreignMs.toFixed(3)} ms, an id that never was ${neverMs.toFixed(3)} ms (medians, one connection)`,
    `  token endpoint: ${rate(tokens)} requests/s on ${TOKEN_CONNECTIONS} connections, ${latencies([tokens])}`,
  ];
  return { report: { bench: "read", machine, figures }, notes };
}
