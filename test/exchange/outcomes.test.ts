import { createHash } from "node:crypto";
import t from "tap";
import { SftpFault } from "../../src/exchange/drop-folders.ts";
import { receiveSubmission } from "../../src/intake/receive-submission.ts";
import { listSubmissions } from "../../src/intake/submission-queries.ts";
import { composeFile, composeRecord } from "../flows/compose-file.ts";
import type { Insurer } from "../flows/open-intake.ts";
import { FOREIGN_SSIN, PROVIDERS } from "../flows/test-register.ts";
import { createMemoryFolders } from "./memory-folders.ts";
import { type OpenAccount, openExchange, PERSONS } from "./open-exchange.ts";

type Flow = Awaited<ReturnType<typeof openExchange>>;

function drop({ put, name, insurer }: OpenAccount, reference: string, sequence = 1, parts = {}): string {
  const file = composeFile({ sender: insurer.enterpriseNumber, reference, ...parts });
  put(`FI.${name(sequence)}`, file);
  put(`GO.${name(sequence)}`);
  return file;
}

const submissionsOf = ({ database }: Flow, { insurerId }: Insurer) =>
  listSubmissions(database.asInsurer(insurerId), { limit: 100 });

/** Every answer in OUT by its name. */
function fetchAll(account: OpenAccount): Record<string, string> {
  const names = account.names("OUT").filter((name) => name.startsWith("FO."));
  return Object.fromEntries(names.map((name) => [name, account.fetch(name)]));
}

function codesOf(answers: Record<string, string>): string[] {
  return Object.values(answers).flatMap((answer) => [...answer.matchAll(/<code>(\w+)/g)].map(([, code = ""]) => code));
}

t.test("the same file again gets the first receipt and report again: same number, same bytes", async (t) => {
  const flow = await openExchange(t);
  const account = await flow.open();
  drop(account, "R-1");
  await account.serve();
  await flow.processAll();
  await account.serve();
  const first = fetchAll(account);
  t.equal(Object.keys(first).length, 2);
  await account.serve();
  t.strictSame(fetchAll(account), {});

  drop(account, "R-1");
  t.match(await account.serve(), { decided: 1 });
  t.strictSame(fetchAll(account), first);
  t.equal((await submissionsOf(flow, account.insurer)).length, 1);

  await t.test("under another name it gets a new answer with the first ticket, and the report", async (t) => {
    drop(account, "R-1", 2);
    await account.serve();
    await account.serve();
    const again = fetchAll(account);
    t.equal(Object.keys(again).length, 2);
    t.notOk(
      Object.keys(again).some((name) => name in first),
      "with numbers of their own",
    );
    for (const answer of Object.values(again)) t.match(answer, `<fileName>FI.${account.name(2)}</fileName>`);
    const ticketOf = (answers: Record<string, string>) =>
      /<submissionId>(.*)</.exec(Object.values(answers)[0] ?? "")?.[1];
    t.equal(ticketOf(again), ticketOf(first));
  });

  await t.test("other bytes under its reference or its name are refused", async (t) => {
    drop(account, "R-1", 3, { records: [] });
    await account.serve();
    t.strictSame(codesOf(fetchAll(account)), ["referenceReused"]);
    drop(account, "R-3", 1);
    await account.serve();
    t.strictSame(codesOf(fetchAll(account)), ["fileNameReused"]);
  });
});

t.test("both doors are one pipeline", async (t) => {
  const flow = await openExchange(t);
  const rest = ({ insurerId, enterpriseNumber }: Insurer, file: string) =>
    receiveSubmission(flow.intake, {
      insurers: [{ insurerId, enterpriseNumber }],
      channel: "rest",
      body: (async function* () {
        yield Buffer.from(file);
      })(),
    });

  await t.test("a file sent by REST and dropped again has one ticket, one receipt", async (t) => {
    const account = await flow.open();
    const file = composeFile({ sender: account.insurer.enterpriseNumber, reference: "R-1" });
    const { submissionId } = await rest(account.insurer, file);
    await flow.processAll();
    drop(account, "R-1");
    await account.serve();
    await account.serve();
    const [receipt = "", report = ""] = Object.values(fetchAll(account));
    t.match(receipt, `<submissionId>${submissionId}</submissionId>`);
    t.match(receipt, "<channel>rest</channel>");
    t.match(report, `<submissionId>${submissionId}</submissionId>`);
    t.match(await submissionsOf(flow, account.insurer), [{ submissionId, channel: "rest" }]);
  });

  await t.test("and the other way round", async (t) => {
    const account = await flow.open();
    const file = drop(account, "R-1");
    await account.serve();
    const [submission] = await submissionsOf(flow, account.insurer);
    t.match(submission, { channel: "sftp", fileName: `FI.${account.name()}`, state: "received" });
    t.match(await rest(account.insurer, file), { submissionId: submission!.submissionId, repeated: true });
  });

  await t.test("findings, counts and contracts are the same", async (t) => {
    const account = await flow.open();
    const other = await flow.admit();
    const records = [
      composeRecord("A"),
      composeRecord("B", { inamiNumber: "1" }),
      composeRecord("C", { startOn: "x" }),
    ];
    drop(account, "R-1", 1, { records });
    await account.serve();
    await flow.processAll();
    const [dropped] = await submissionsOf(flow, account.insurer);
    const sent = await flow.submit(other, composeFile({ sender: other.enterpriseNumber, reference: "R-1", records }));
    t.match(dropped, { state: "processed", counts: sent.counts!, findings: sent.findings });
    t.strictSame(
      await flow.results(account.insurer, dropped!.submissionId),
      await flow.results(other, sent.submissionId),
    );
    t.equal((await flow.versions(account.insurer)).length, 1);
  });
});

t.test("wherever the session breaks, and whenever, there is one outcome with its answers", async (t) => {
  const flow = await openExchange(t);
  async function play(breakAt: number) {
    const account = await flow.open();
    let calls = 0;
    const broken = createMemoryFolders((call) => {
      calls += 1;
      if (calls === breakAt) throw new SftpFault("connectionLost", call);
    });
    const there = { ...account, ...broken };
    drop(there, "R-1");
    for (let round = 0; round < 4; round += 1) await flow.serve(account.accountName, broken).catch(() => {});
    await flow.processAll();
    for (let round = 0; round < 4; round += 1) await flow.serve(account.accountName, broken).catch(() => {});
    const names = broken.names("OUT").map((name) => name.replace(account.insurer.enterpriseNumber, "…"));
    const states = (await submissionsOf(flow, account.insurer)).map(({ state }) => state);
    return { calls, result: { in: broken.names("IN"), out: names, states } };
  }
  const undisturbed = await play(0);
  t.strictSame(undisturbed.result.states, ["processed"]);
  t.equal(undisturbed.result.out.length, 4);
  for (let breakAt = 1; breakAt <= undisturbed.calls; breakAt += 1) {
    t.strictSame((await play(breakAt)).result, undisturbed.result, `at call ${breakAt}`);
  }
});

t.test("a service provider's file goes to the insurer that it names", async (t) => {
  const flow = await openExchange(t);
  const [one, two] = [await flow.admit(), await flow.admit()];
  const account = await flow.open({ insurer: one, others: [two] });
  const theirs = {
    ...account,
    insurer: two,
    name: (sequence = 1) => account.name(sequence).replace(one.enterpriseNumber, two.enterpriseNumber),
  };
  drop(theirs, "R-1");
  drop(account, "R-1");
  t.match(await account.serve(), { decided: 2 });
  t.equal((await submissionsOf(flow, one)).length, 1);
  t.equal((await submissionsOf(flow, two)).length, 1);
  const names = account.names("OUT").filter((name) => name.startsWith("FO"));
  t.strictSame(
    names.map((name) => name.split(".")[2]),
    [one.enterpriseNumber, two.enterpriseNumber].toSorted(),
  );
  fetchAll(account);

  await t.test("one of neither, or whose root says otherwise, is refused", async (t) => {
    const stranger = await flow.admit();
    drop(
      {
        ...account,
        insurer: stranger,
        name: (n = 1) => account.name(n).replace(one.enterpriseNumber, stranger.enterpriseNumber),
      },
      "R-2",
    );
    await account.serve();
    t.strictSame([...new Set(codesOf(fetchAll(account)))], ["senderMismatch"]);
    drop({ ...account, insurer: two }, "R-2", 7);
    await account.serve();
    t.strictSame(codesOf(fetchAll(account)), ["senderMismatch"]);
    t.strictSame(await submissionsOf(flow, stranger), []);
  });
});

t.test("another insurer's name in one's own IN is refused, and costs the other nothing", async (t) => {
  const flow = await openExchange(t);
  const [own, other] = [await flow.open(), await flow.open()];
  for (const sequence of [1, 2]) drop({ ...other, put: own.put }, `R-${sequence}`, sequence);
  t.match(await own.serve(), { decided: 2 });
  const refusals = fetchAll(own);
  t.strictSame([...new Set(codesOf(refusals))], ["senderMismatch"]);
  t.match(Object.values(refusals)[0], "<number>108</number>");
  t.strictSame(await submissionsOf(flow, other.insurer), [], "nothing of it is the other's");
  for (const sequence of [1, 2]) drop(other, `R-${sequence}`, sequence);
  await other.serve();
  t.strictSame(codesOf(fetchAll(other)), [], "whose names, references and files are as they were");
  own.put(`TD.${other.name(1)}`);
  await own.serve({ goTimeoutMs: 0 });
  t.match(await submissionsOf(flow, other.insurer), [{ state: "received" }, { state: "received" }]);
});

t.test("TD of a file that was taken takes its submission back, and the report says so", async (t) => {
  const flow = await openExchange(t);
  const account = await flow.open();
  drop(account, "R-1");
  await account.serve();
  fetchAll(account);
  account.put(`TD.${account.name()}`);
  t.match(await account.serve(), { decided: 1 });
  await account.serve();
  const answers = fetchAll(account);
  t.match(Object.keys(answers), [/^FO\.NOTI/]);
  t.match(Object.values(answers), [/<state>cancelled<\/state>/]);
  t.strictSame(account.names("IN"), []);
  drop(account, "R-1");
  await account.serve();
  t.match(
    await submissionsOf(flow, account.insurer),
    [{ state: "received" }, { state: "cancelled" }],
    "its name and reference are free",
  );
});

t.test("whom a report names is on the audit trail with it", async (t) => {
  const flow = await openExchange(t);
  const account = await flow.open();
  const { inamiNumber } = PROVIDERS.current;
  const records = [
    composeRecord("R-1"),
    composeRecord("R-2", { contractNumber: "C-2", inamiNumber, ssin: FOREIGN_SSIN }),
  ];
  drop(account, "NAMING", 1, { records });
  await account.serve();
  await flow.processAll();
  await account.serve();
  t.match(Object.values(fetchAll(account)).join(), `<value>${FOREIGN_SSIN}</value>`);
  const read = await flow.owner`
    select kind, client_id as "clientId", method, route, chain_id as "chainId" from audit_event
    where ${PERSONS.hashSsin(FOREIGN_SSIN)} = any(persons)`;
  const { accountName: clientId, insurer } = account;
  t.strictSame([...read], [{ kind: "read", clientId, method: "SFTP", route: "NOTI", chainId: insurer.insurerId }]);
});

t.test("names, letters and kinds", async (t) => {
  const flow = await openExchange(t);
  const account = await flow.open();
  const file = (environment: string) =>
    composeFile({ sender: account.insurer.enterpriseNumber, reference: `R-${environment}`, environment });
  const refusals: [string, string, string[]][] = [
    [account.name(1, "X"), file("S"), ["environmentLetterInvalid"]],
    [account.name(2, "R"), file("R"), ["environmentMismatch"]],
    [account.name(3, "T"), file("S"), ["environmentMismatch"]],
    [account.name(4, "R", "INVE"), "85073003328", ["environmentMismatch"]],
    [account.name(5, "X", "INVE"), "85073003328", ["environmentLetterInvalid"]],
    ["", file("S"), ["fileNameInvalid"]],
    [account.name(6), "", ["encodingNotSupported"]],
  ];
  for (const [name, content, codes] of refusals) {
    account.put(`FI.${name}`, name === account.name(6) ? Buffer.from(`\ufeff${file("S")}`, "utf16le") : content);
    account.put(`GO.${name}`);
    await account.serve();
    t.strictSame(codesOf(fetchAll(account)).toSorted(), codes.toSorted(), name);
  }
  drop(account, "R-T", 8, { environment: "T" });
  account.stored.IN.clear();
  account.put(`FI.${account.name(8, "T")}`, file("T"));
  account.put(`GO.${account.name(8, "T")}`);
  await account.serve();
  t.match(Object.values(fetchAll(account)), [/<state>tested<\/state>/], "a circuit test ends with its receipt");
  await account.serve();
  t.strictSame(account.names("OUT"), []);
});

t.test("what cannot be read is set aside with its reason and alarmed; the next file goes on", async (t) => {
  const flow = await openExchange(t);
  const account = await flow.open();
  const bad = `FI.${account.name(1)}`;
  const there = createMemoryFolders((call) => {
    if (call === `read ${bad}`) throw new SftpFault("permissionDenied", "read");
  });
  const sender = account.insurer.enterpriseNumber;
  for (const sequence of [1, 2]) {
    there.put(`FI.${account.name(sequence)}`, composeFile({ sender, reference: `R-${sequence}` }));
    there.put(`GO.${account.name(sequence)}`);
  }
  t.match(await flow.serve(account.accountName, there), { failed: 1, decided: 1, waiting: 1 });
  t.match(await flow.serve(account.accountName, there), { failed: 0 }, "not at once again");
  for (let round = 0; round < 2; round += 1) {
    await flow.owner`update exchange_drop set retry_at = now() - interval '1 second'`;
    await flow.serve(account.accountName, there);
  }
  const [aside] = await flow.owner`select state, attempts, trouble from exchange_drop`;
  t.match(aside, { state: "quarantined", attempts: 3, trouble: "permissionDenied" });
  t.match(
    flow.logLines.filter(({ code }) => code === "dropQuarantined"),
    [{ fileName: bad }],
  );
  t.strictSame(there.names("IN"), [bad, bad.replace("FI", "GO")].toSorted(), "it is kept");
  await flow.owner`update exchange_drop set retry_at = null`;
  t.match(await flow.serve(account.accountName, there), { failed: 0, waiting: 1 });
});

t.test("a file that grows while it is read waits until it has its size", async (t) => {
  const flow = await openExchange(t);
  const account = await flow.open();
  const file = composeFile({ sender: account.insurer.enterpriseNumber, reference: "R-1" });
  const name = `FI.${account.name()}`;
  let written = 100;
  const there = createMemoryFolders((call) => {
    if (call !== `read ${name}` || written >= file.length) return;
    written += 500;
    there.put(name, file.slice(0, written));
  });
  there.put(name, file.slice(0, written));
  there.put(`GO.${account.name()}`);
  let rounds = 0;
  while (there.names("IN").length > 0 && rounds < 20) {
    await flow.serve(account.accountName, there);
    rounds += 1;
  }
  const [submission, ...others] = await submissionsOf(flow, account.insurer);
  t.match(submission, { state: "received", sha256: createHash("sha256").update(file).digest("hex") });
  t.strictSame(others, []);
});

t.test("a submission that was set aside and replayed is reported when it ends", async (t) => {
  const flow = await openExchange(t);
  const account = await flow.open();
  drop(account, "R-1");
  await account.serve();
  fetchAll(account);
  await flow.owner`update submission set state = 'quarantined'`;
  await account.serve();
  t.strictSame(account.names("OUT"), [], "nothing while it is set aside");
  await flow.owner`update submission set state = 'received', attempts = 0`;
  await flow.processAll();
  await account.serve();
  t.match(Object.values(fetchAll(account)), [/<state>processed<\/state>/]);
});

t.test("ten answers to one account have ten numbers, whatever they tell", async (t) => {
  const flow = await openExchange(t);
  const account = await flow.open();
  for (let sequence = 1; sequence <= 5; sequence += 1) drop(account, `R-${sequence}`, sequence);
  await account.serve();
  await flow.processAll();
  await account.serve();
  const names = account.names("OUT").filter((name) => name.startsWith("FO"));
  const numbers = names.map((name) => Number(name.split(".")[4])).toSorted((one, other) => one - other);
  t.strictSame(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});
