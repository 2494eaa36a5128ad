import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import {
  ALPHA,
  BETA,
  contractFile,
  KNOWN_INAMI_NUMBER,
  openDoor,
  processSubmissions,
  ROOT,
  send,
  waitForEnd,
} from "../http/open-door.ts";
import { callAsOperator } from "./admit-operator.ts";
import { createInfoss } from "./run-infoss.ts";

const TRANSFERS = "/operator/portfolioTransfers";
const VALIDATION = ["--environment", "validation", "--as", "mia"] as const;

t.test("operators hand contracts over by command and over REST, and end a load in the insurer's place", async (t) => {
  const door = await openDoor(t);
  const infoss = createInfoss(door.owner);
  const operator = await callAsOperator(t, door);
  const loaded = await send(
    door.alpha,
    contractFile({ reference: "LOAD", inamiNumbers: [KNOWN_INAMI_NUMBER, KNOWN_INAMI_NUMBER] }),
  );
  await t.test("what is to be handed over is there", async (t) => {
    await processSubmissions(t, door);
    t.equal((await waitForEnd(door.alpha, String(loaded.json.submissionId))).json.state, "processed");
  });
  const asked = { from: ALPHA, to: BETA, on: "2026-01-01" };
  t.match(await operator("POST", TRANSFERS, asked), {
    status: 409,
    json: { detail: /has not ended its initial load/ },
  });

  const ended = await infoss("insurer complete-load", ALPHA, ...VALIDATION);
  t.match(ended, { status: 0, stdout: /^initialLoadCompleted: enterpriseNumber 0403019261/ });
  t.match(await infoss("insurer complete-load", ALPHA, ...VALIDATION), { status: 1, stderr: /only a load that runs/ });
  const [alpha] = await door.owner`select phase from insurer where enterprise_number = ${ALPHA}`;
  t.equal(alpha?.phase, "live");

  const [contract] = (await door.owner`
    select contract_number as number, contract_id as id from contract order by contract_number`) as unknown as [
    { number: string; id: string },
  ];
  const contracts = [{ contractNumber: contract.number, inamiNumber: KNOWN_INAMI_NUMBER }];
  t.match(await operator("POST", `${TRANSFERS}/preview`, { ...asked, contracts }), {
    status: 200,
    json: { contracts: 1, conflicts: {}, inConflict: [], waitingSubmissions: 0 },
  });
  const done = await operator("POST", TRANSFERS, { ...asked, contracts });
  t.match(done, { status: 200, json: { contracts: 1, left: 0 } });
  const { transferId } = done.json as { transferId: string };
  const { json } = await door.alpha(`${ROOT}/contracts/${contract.id}/versions`);
  const versions = json.items as unknown as Record<string, unknown>[];
  t.match(versions.at(-1), { action: "transfer", transferId, endOn: "2025-12-31", endReason: "transferred" });
  t.notOk("submission" in versions.at(-1)!);
  t.match(await operator("POST", TRANSFERS, { ...asked, contracts }), {
    status: 409,
    json: { detail: /1 transferred/ },
  });
  for (const name of ["from", "to"]) {
    for (const [number, detail] of [
      ["0471938850", /No insurer/],
      ["0471938851", new RegExp(`"${name}" is no enterprise number`)],
    ] as const)
      t.match(
        await operator("POST", TRANSFERS, { ...asked, [name]: number }),
        { status: 400, json: { detail, issues: [{ name }] } },
        `${name} ${number}`,
      );
  }
  t.match(await operator("POST", TRANSFERS, { ...asked, on: "2026-02-30" }), { status: 400 });

  const words = ["contracts transfer", "--from", ALPHA, "--to", BETA, "--on", "2026-01-01"] as const;
  const file = join(t.testdir(), "list.csv");
  writeFileSync(file, `contractNumber,inamiNumber\n${contract.number},${KNOWN_INAMI_NUMBER}\nNOBODY,12345625\n`);
  const shown = await infoss(...words, "--list", file);
  t.match(shown, { status: 0, stdout: /contracts to hand over +0[\s\S]*NOBODY +12345625 +unknown/ });
  const unknown = [{ contractNumber: "NOBODY", inamiNumber: KNOWN_INAMI_NUMBER }];
  const named = await operator("POST", `${TRANSFERS}/preview`, { ...asked, contracts: unknown });
  t.match(named, { status: 200, json: { inConflict: [{ inamiRoot: "12345625" }] } });
  const [seen] = await door.owner`
    select kind, route from audit_event where ${door.persons.hashInamiNumber(KNOWN_INAMI_NUMBER)} = any(persons)
    order by event_id desc limit 1`;
  t.match(seen, { kind: "read", route: /portfolioTransfers\/preview$/ }, "whom it names is on record");
  writeFileSync(file, "contractNumber,inamiNumber\nNOBODY,1\n");
  t.match(await infoss(...words, "--list", file), { status: 1, stderr: /Row 1 of .* 8 or 11 digits/ });
  writeFileSync(file, `contractNumber;inamiNumber\n${contract.number};${KNOWN_INAMI_NUMBER}\n`);
  t.match(await infoss(...words, "--list", file), {
    status: 1,
    stderr: /list\.csv: the first line must name the columns contractNumber,inamiNumber, with commas/,
  });
  t.match(await infoss(...words, "--apply"), { status: 2 }, "the environment is to be named");
  const applied = await infoss(...words, "--apply", "--reason", "Take-over", ...VALIDATION, "--json");
  t.match(JSON.parse(applied.stdout), [
    { act: "portfolioTransferred", details: { contracts: 1, reason: "Take-over" } },
    { act: "portfolioReceived", details: { contracts: 1 } },
  ]);
  t.match(await infoss(...words, "--apply", ...VALIDATION), { status: 1, stderr: /no contract to hand over/ });
  const rows = await door.owner`
    select distinct enterprise_number from contract join insurer using (insurer_id) where transferred_on is null`;
  t.same([...rows], [{ enterprise_number: BETA }]);
});
