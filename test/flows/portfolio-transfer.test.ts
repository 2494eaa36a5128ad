import fc from "fast-check";
import t from "tap";
import { listContractVersions } from "../../src/contracts/contract-versions.ts";
import { findContract, listPortfolio, type PortfolioContract } from "../../src/contracts/portfolio.ts";
import { listEvents } from "../../src/events/feed.ts";
import { endInitialLoad } from "../../src/intake/complete-initial-load.ts";
import { performActs } from "../../src/operator/perform-act.ts";
import { type PortfolioTransfer, previewTransfer, transferPortfolio } from "../../src/operator/transfer-portfolio.ts";
import { composeFile, composeRecord, type Fields } from "./compose-file.ts";
import { type Insurer, openIntake } from "./open-intake.ts";
import {
  loadRegisterText,
  loadTestRegister,
  makeInamiNumber,
  PROVIDERS,
  REGISTER_HEADER,
  renderProvider,
  type TestProvider,
  TODAY,
} from "./test-register.ts";

const flow = await openIntake(t);
const { database, owner } = flow;
await loadTestRegister(t, database);

const DAY = "2024-07-01";
const EVE = "2024-06-30";
const PERFORMER = { actor: { account: "mia" }, method: "CLI", route: "infoss contracts transfer", status: 0 };
const inamiRoot = PROVIDERS.current.inamiNumber.slice(0, 8);
const numbers = (...names: string[]) => names.map((contractNumber) => ({ contractNumber, inamiRoot }));
const key = (contractNumber: string) => ({ contractNumber, inamiNumber: PROVIDERS.current.inamiNumber });

/** A live insurer with these contracts, all from 2019-03-01 on. */
async function openLive(...names: string[]): Promise<Insurer> {
  const insurer = await flow.admit();
  const records = names.map((contractNumber, index) => composeRecord(`R-${index}`, { contractNumber }));
  await flow.submit(insurer, composeFile({ sender: insurer.enterpriseNumber, reference: "LOAD", records }));
  await endInitialLoad(database.asInsurer(insurer.insurerId), new Date());
  return insurer;
}

async function send(insurer: Insurer, sequence: number, ...records: string[]) {
  const { enterpriseNumber: sender } = insurer;
  const attributes = ` sequence="${sequence}"`;
  const file = composeFile({ sender, reference: `D-${sequence}`, kind: "delta", attributes, records });
  const { submissionId } = await flow.submit(insurer, file);
  return await flow.results(insurer, submissionId);
}

const modifying = (name: string, effectiveOn: string, fields: Fields = {}) =>
  composeRecord(
    `M-${name}-${effectiveOn}`,
    { ...key(name), effectiveOn, contractKind: "combined", solidarity: "true", ...fields },
    "modify",
  );
const closing = (name: string, endOn: string) =>
  composeRecord(`C-${name}`, { ...key(name), endOn, reason: "terminated" }, "close");
const cancelling = (name: string) => composeRecord(`X-${name}`, { ...key(name), reason: "error" }, "cancel");

type Asked = Omit<PortfolioTransfer, "from" | "to" | "on"> & { readonly on?: string };

const ask = (from: Insurer, to: Insurer, asked: Asked = {}): PortfolioTransfer => ({
  from: from.enterpriseNumber,
  to: to.enterpriseNumber,
  on: DAY,
  ...asked,
});
const transfer = (from: Insurer, to: Insurer, asked: Asked = {}) =>
  performActs(database.institute, PERFORMER, (tx, actor) => transferPortfolio(tx, actor, ask(from, to, asked), TODAY));
const preview = (from: Insurer, to: Insurer, asked: Asked = {}) =>
  previewTransfer(database.institute, ask(from, to, asked));

/** Everything the insurer holds, as it sees it itself. */
async function portfolio({ insurerId }: Insurer): Promise<PortfolioContract[]> {
  const tenant = database.asInsurer(insurerId);
  const ids: string[] = [];
  await listPortfolio(tenant, {}, TODAY, { limit: 1_000 }, ({ contractId }) => ids.push(contractId));
  return await Promise.all(ids.map(async (id) => (await tenant.run((tx) => findContract(tx, insurerId, id)))!));
}

async function getContract(insurer: Insurer, name: string): Promise<PortfolioContract> {
  const found = (await portfolio(insurer)).findLast(({ contractNumber }) => contractNumber === name);
  if (!found) throw new Error(`there is no contract ${name}`);
  return found;
}

/** Which versions cover the day, as the insurer is told. */
async function covering(insurer: Insurer, name: string, validOn: string) {
  const { contractId } = await getContract(insurer, name);
  const { insurerId } = insurer;
  const answer = await database
    .asInsurer(insurerId)
    .run((tx) => listContractVersions(tx, insurerId, contractId, { validOn, knownAt: new Date() }));
  return answer.versions;
}

t.test("from the day on the receiver has the contracts, the sender keeps what was before", async (t) => {
  const [from, to] = [await openLive("A", "B", "C", "D"), await openLive("Z")];
  await send(from, 1, modifying("B", "2023-01-01"), modifying("B", "2025-01-01", { contractKind: "socialPlci" }));
  await send(from, 2, closing("C", "2023-12-31"), closing("D", "2027-12-31"));
  const before = await flow.versions(from);
  const told = { contracts: 3, conflicts: {}, inConflict: [], waitingSubmissions: 0 };
  t.same(await preview(from, to), told);
  t.same([await flow.versions(from), (await portfolio(to)).length], [before, 1], "a preview writes nothing");

  const [handed, received] = await transfer(from, to, { reason: "Merger of the year" });
  const { transferId } = handed.details as { transferId: string };
  t.match(handed, { act: "portfolioTransferred", insurerId: from.insurerId, details: { contracts: 3, left: 0 } });
  t.match(received, { act: "portfolioReceived", insurerId: to.insurerId, details: { transferId } });
  t.match(await getContract(from, "B"), { endOn: EVE, endReason: "transferred" });
  t.match(await getContract(from, "C"), { endOn: "2023-12-31", endReason: "terminated" }, "what was over stays");
  t.match(await getContract(to, "A"), { startOn: DAY, endOn: null, inamiRoot });
  t.match(await getContract(to, "D"), { startOn: DAY, endOn: "2027-12-31", endReason: "terminated" });
  t.notOk((await portfolio(to)).some(({ contractNumber }) => contractNumber === "C"));
  const { periods } = await getContract(to, "B");
  t.match(periods, [
    { validFrom: DAY, validBefore: "2025-01-01", contractKind: "combined" },
    { validFrom: "2025-01-01", validBefore: null, contractKind: "socialPlci" },
  ]);
  const source = { action: "transfer", submissionId: transferId, reason: "Merger of the year", actor: "account:mia" };
  t.match(await covering(from, "B", EVE), [{ contractKind: "combined", ...source }]);
  t.same(await covering(from, "B", DAY), []);
  t.same(await covering(to, "B", EVE), []);
  t.match(await covering(to, "B", DAY), [{ contractKind: "combined", ...source }]);
  for (const { insurerId } of [from, to]) {
    const events = await listEvents(database.asInsurer(insurerId), { after: 0, limit: 100 });
    const details = { transferId, fromInsurer: from.enterpriseNumber, toInsurer: to.enterpriseNumber };
    t.match(events.at(-1), { kind: "contractsTransferred", details: { ...details, transferredOn: DAY, contracts: 3 } });
    const acts = await owner`select from audit_event where kind = 'operatorAct' and chain_id = ${insurerId}`;
    t.equal(acts.length, 1, "on the trail of both");
  }
});

t.test("neither insurer sees the other's part", async (t) => {
  const [from, to] = [await openLive("A"), await openLive()];
  await transfer(from, to);
  const { contractId: given } = await getContract(from, "A");
  const { contractId: got } = await getContract(to, "A");
  t.not(given, got);
  const find = ({ insurerId }: Insurer, contractId: string) =>
    database.asInsurer(insurerId).run((tx) => findContract(tx, insurerId, contractId));
  t.same([await find(from, got), await find(to, given)], [undefined, undefined]);
  for (const { insurerId } of [from, to]) {
    const seen = await database.asInsurer(insurerId).run((tx) => tx`select distinct insurer_id from contract_version`);
    t.same([...seen], [{ insurer_id: insurerId }]);
    await t.rejects(
      database.asInsurer(insurerId).run((tx) => tx`select from transferred_contract`),
      { code: "42501" },
    );
  }
});

t.test("the sender changes nothing of it any more, the receiver everything", async (t) => {
  const [from, to] = [await openLive("A", "B"), await openLive()];
  await send(from, 1, closing("B", "2020-12-31"));
  await transfer(from, to);
  const reopening = composeRecord("R", { ...key("A"), reason: "no" }, "reopen");
  const records = [
    modifying("A", "2020-01-01"),
    modifying("A", DAY),
    closing("A", "2024-12-31"),
    cancelling("A"),
    reopening,
  ];
  const results = await send(
    from,
    2,
    ...records,
    composeRecord("N", { contractNumber: "A" }),
    closing("B", "2020-06-30"),
  );
  const refused = { code: "contractTransferred", details: { transferredOn: DAY } };
  for (const { findings } of results.slice(0, 6)) t.match(findings, [refused]);
  t.equal(results[6]?.outcome, "accepted", "what did not move");
  const same = { ...key("A"), endOn: EVE, reason: "transferred" };
  t.match(await send(from, 3, composeRecord("S", same, "close")), [{ outcome: "unchanged" }]);

  const early = modifying("A", EVE);
  t.match(await send(to, 1, early, modifying("A", "2024-09-01"), closing("A", "2026-12-31")), [
    { outcome: "rejected", findings: [{ code: "effectiveBeforeStart" }] },
    { outcome: "accepted" },
    { outcome: "accepted" },
  ]);
  t.equal((await getContract(from, "A")).endOn, EVE);
});

t.test("what is in the way is told one by one, and all or nothing moves unless it is to be left", async (t) => {
  const [from, to] = [await openLive("A", "B", "C", "D", "E"), await openLive("B", "H")];
  await send(from, 1, cancelling("C"), closing("D", "2020-12-31"));
  const { contractId } = await getContract(from, "E");
  await owner`insert into contract_payment values (${from.insurerId}, ${contractId}, 2024, 100, '2025-10-01')`;
  const contracts = numbers("A", "B", "C", "D", "E", "F", "A");
  const found = await preview(from, to, { contracts });
  t.match(found, {
    contracts: 1,
    conflicts: { heldByReceiver: 1, cancelled: 1, ended: 1, paid: 1, unknown: 1 },
    inConflict: [
      { contractNumber: "B", conflict: "heldByReceiver" },
      { contractNumber: "C", conflict: "cancelled" },
      { contractNumber: "D", conflict: "ended" },
      { contractNumber: "E", conflict: "paid" },
      { contractNumber: "F", conflict: "unknown" },
    ],
  });
  const versions = await flow.versions(from);
  await t.rejects(transfer(from, to, { contracts }), { code: "transferInConflict", message: /1 heldByReceiver/ });
  t.same(await flow.versions(from), versions);
  t.equal((await owner`select from portfolio_transfer where from_insurer_id = ${from.insurerId}`).length, 0);
  t.match(await transfer(from, to, { contracts, skipConflicts: true }), [{ details: { contracts: 1, left: 5 } }, {}]);
  t.match(await preview(from, to, { contracts: numbers("A") }), { contracts: 0, conflicts: { transferred: 1 } });
  await t.rejects(transfer(from, to, { contracts: numbers("A"), skipConflicts: true }), { code: "transferEmpty" });
  const refused: [Asked, string][] = [
    [{ on: "2026-11-23" }, "transferTooEarly"],
    [{ on: "2026-02-30" }, "invalidDay"],
    [{ reason: " " }, "invalidReason"],
  ];
  for (const [asked, code] of refused) await t.rejects(transfer(from, to, asked), { code });
  await t.rejects(transfer(from, from), { code: "transferNotPossible" });
  await t.rejects(transfer(await flow.admit(), to), { code: "transferNotPossible" });
  await t.rejects(transfer(from, { ...to, enterpriseNumber: "0403019261" }), { code: "receiverNotFound" });
});

t.test("it may come back, and go again: each time another contract, the history of each stays", async (t) => {
  const [from, to] = [await openLive("A"), await openLive()];
  await transfer(from, to);
  await send(to, 1, modifying("A", "2025-01-01"));
  await transfer(to, from, { on: "2025-07-01" });
  const back = (await portfolio(from)).filter(({ contractNumber }) => contractNumber === "A");
  t.match(
    back.map(({ startOn, endOn }) => ({ startOn, endOn })),
    [
      { startOn: "2019-03-01", endOn: EVE },
      { startOn: "2025-07-01", endOn: null },
    ],
  );
  t.match(await send(from, 1, closing("A", "2026-06-30")), [{ outcome: "accepted" }], "its own again");
  await transfer(from, to, { on: "2026-01-01" });
  t.equal((await portfolio(to)).filter(({ contractNumber }) => contractNumber === "A").length, 2);
  const rows = await owner`
    select origin_contract_id from transferred_contract where origin_insurer_id = ${from.insurerId}`;
  t.equal(rows.length, 3);
  t.equal(new Set(rows.map(({ origin_contract_id }) => origin_contract_id)).size, 1, "all of one origin");
});

t.test("a listed contract is found under every number of its chain, and so is one that the receiver has", async (t) => {
  const [a, b, c] = ["610001", "610002", "610003"].map((serial) => ({
    ...PROVIDERS.current,
    inamiNumber: makeInamiNumber(serial),
  })) as [TestProvider, TestProvider, TestProvider];
  const load = (...rows: TestProvider[]) =>
    loadRegisterText(t, database, `${[REGISTER_HEADER, ...rows.map(renderProvider)].join("\n")}\n`);
  const list = (...listed: [string, TestProvider][]) =>
    listed.map(([contractNumber, { inamiNumber }]) => ({ contractNumber, inamiRoot: inamiNumber.slice(0, 8) }));
  const declare = async (insurer: Insurer, sequence: number, name: string, { inamiNumber }: TestProvider) =>
    await send(insurer, sequence, composeRecord(name, { contractNumber: name, inamiNumber }));
  await load(a, b, c);
  const [from, to] = [await openLive("A"), await openLive("Z")];
  await declare(from, 1, "EARLY", a);
  await declare(to, 1, "BOTH", b);
  await load({ ...a, replacedBy: b.inamiNumber }, { ...b, replacedBy: c.inamiNumber });
  await declare(from, 2, "LATE", a);
  await declare(from, 3, "BOTH", a);
  t.equal((await getContract(from, "LATE")).inamiRoot, c.inamiNumber.slice(0, 8), "kept under the last of the chain");

  const contracts = list(["EARLY", c], ["LATE", a], ["EARLY", b], ["EARLY", a], ["LATE", PROVIDERS.nurse]);
  const inConflict = [{ ...list(["LATE", PROVIDERS.nurse])[0], conflict: "unknown" }];
  const told = { contracts: 2, conflicts: { unknown: 1 }, inConflict, waitingSubmissions: 0 };
  t.same(await preview(from, to, { contracts }), told, "each once");
  const both = await preview(from, to, { contracts: list(["BOTH", b]) });
  t.match(both, { contracts: 0, conflicts: { heldByReceiver: 1 } });
  t.match(await preview(from, to), { conflicts: { heldByReceiver: 1 } }, "of all too");
  const [handed] = await transfer(from, to, { contracts: contracts.slice(0, 4) });
  t.match(handed, { details: { contracts: 2, left: 0 } });
  for (const [name, kept] of [
    ["EARLY", a],
    ["LATE", c],
  ] as const)
    t.match(await getContract(to, name), { startOn: DAY, inamiRoot: kept.inamiNumber.slice(0, 8) });
  t.match(await preview(from, to, { contracts: list(["LATE", b]) }), { conflicts: { transferred: 1 } });
});

t.test("a load that runs is waited for, and two transfers against each other do not lock each other out", async (t) => {
  const [one, other] = [await openLive("A"), await openLive("B")];
  const { submissionId } = await flow.receive(
    one,
    composeFile({
      sender: one.enterpriseNumber,
      reference: "D-1",
      kind: "delta",
      attributes: ' sequence="1"',
      records: [modifying("A", "2020-01-01"), composeRecord("N", { contractNumber: "N" })],
    }),
  );
  t.equal((await preview(one, other)).waitingSubmissions, 1);
  await Promise.all([
    flow.processAll(),
    transfer(one, other, { contracts: numbers("A") }),
    transfer(other, one, { contracts: numbers("B") }),
  ]);
  t.equal((await flow.find(one, submissionId)).state, "processed");
  t.match([await getContract(one, "B"), await getContract(other, "A")], [{ startOn: DAY }, { startOn: DAY }]);
  const results = await flow.results(one, submissionId);
  const isTooLate = results[0]?.findings[0]?.code === "contractTransferred";
  const [period] = (await getContract(other, "A")).periods;
  t.equal(period?.contractKind, isTooLate ? "socialPlci" : "combined", "it is moved with what was processed before");
});

t.test("law: every day of every contract is covered as before, by one of the two", async (t) => {
  const days = ["2019-06-01", "2021-01-01", "2023-05-05", "2024-06-30", "2024-07-01", "2024-12-31", "2026-01-01"];
  const dayOf = fc.constantFrom(...days);
  const runs = 12;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(dayOf, fc.constantFrom("combined", "socialPlci", "deathCover")), { maxLength: 4 }),
      fc.option(dayOf),
      dayOf,
      async (modifications, endOn, on) => {
        const [from, to] = [await openLive("A"), await openLive()];
        const records = modifications.map(([day, contractKind], index) =>
          modifying("A", day, { contractKind }).replace("M-A", `M${index}`),
        );
        await send(from, 1, ...records, ...(endOn === null ? [] : [closing("A", endOn)]));
        const kindOn = async (insurer: Insurer, day: string) =>
          (await portfolio(insurer)).length === 0
            ? []
            : (await covering(insurer, "A", day)).map(({ contractKind }) => contractKind);
        const before = await Promise.all(days.map((day) => kindOn(from, day)));
        if (endOn !== null && endOn < on) {
          await t.rejects(transfer(from, to, { on }), { code: "transferEmpty" });
          return;
        }
        await transfer(from, to, { on });
        for (const [index, day] of days.entries()) {
          t.same(await kindOn(from, day), day < on ? before[index] : [], `${day}, sender, from ${on}`);
          t.same(await kindOn(to, day), day < on ? [] : before[index], `${day}, receiver, from ${on}`);
        }
      },
    ),
    { numRuns: runs },
  );
  t.comment(`${runs} runs`);
});
