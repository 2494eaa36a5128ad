import { join } from "node:path";
import t, { type Test } from "tap";
import { runTransaction } from "../../src/database/run-transaction.ts";
import { loadProviders, loadRegister } from "../../src/register/load-register.ts";
import { MAXIMUM_TROUBLES, RegisterFileError } from "../../src/register/register-file-error.ts";
import { createTestDatabase } from "../database.ts";
import { loadRegisterText, makeInamiNumber, makeSsin, REGISTER_HEADER } from "../flows/test-register.ts";

const { database } = await createTestDatabase(t);

const SSIN = makeSsin("700101701");

function makeRow(serial: number, columns: Readonly<Record<string, string>> = {}): string {
  const inamiNumber = makeInamiNumber(`${100_000 + serial}`);
  const row = { inamiNumber, ssin: SSIN, validFrom: "2000-01-01", validTo: "", replacedBy: "", deceasedOn: "" };
  return Object.values({ ...row, ...columns }).join();
}

async function findProvider(serial: number) {
  const root = makeInamiNumber(`${100_000 + serial}`).slice(0, 8);
  const [row] = await database.plain`
    select inami_number, ssin, valid_from, valid_to, replaced_by_root, deceased_on from provider where inami_root = ${root}`;
  return row && { ...row };
}

async function countProviders(): Promise<number> {
  const [row] = await database.plain<{ count: number }[]>`select count(*) as count from provider`;
  return row!.count;
}

/** Loads good rows with one that is wrong and asserts that it is named and that nothing at all was loaded. */
async function isRefused(t: Test, text: string, line: number, reason: RegExp): Promise<void> {
  const before = await countProviders();
  const refusal = await refuse(text);
  t.same(
    refusal.troubles.map((trouble) => trouble.line),
    [line],
  );
  t.match(refusal.message, reason);
  t.match(refusal.message, `line ${line} `);
  t.notMatch(refusal.message, SSIN, "no personal number in an error");
  t.equal(await countProviders(), before, "all or nothing");
}

const file = (...rows: readonly string[]) => `${[REGISTER_HEADER, ...rows].join("\n")}\n`;

async function refuse(text: string): Promise<RegisterFileError> {
  const refusal = await loadRegisterText(t, database, text).catch((error: unknown) => error);
  if (refusal instanceof RegisterFileError) return refusal;
  throw new Error(`it was not refused: ${refusal}`);
}

/** What is wrong, as `line column`. */
const tell = ({ troubles }: RegisterFileError) => troubles.map(({ line, column }) => `${line} ${column}`);

t.test(
  "a register is loaded with all it says, whatever its line ends and with or without byte order mark",
  async (t) => {
    const successor = makeInamiNumber("100002");
    const rows = [
      makeRow(1, { validTo: "2020-06-30", replacedBy: successor, deceasedOn: "2020-05-01" }),
      makeRow(2),
      "",
      makeRow(3),
    ];
    t.equal(await loadRegisterText(t, database, `\uFEFF${[REGISTER_HEADER, ...rows].join("\r\n")}\r\n`), 3);
    t.same(await findProvider(1), {
      inami_number: makeInamiNumber("100001"),
      ssin: SSIN,
      valid_from: "2000-01-01",
      valid_to: "2020-06-30",
      replaced_by_root: successor.slice(0, 8),
      deceased_on: "2020-05-01",
    });
    t.match(await findProvider(2), { valid_to: null, replaced_by_root: null, deceased_on: null });
    t.ok(await findProvider(3));
  },
);

t.test("loading again takes the new values and keeps the providers that are not in the file", async (t) => {
  const before = await countProviders();
  const moved = makeRow(2, { inamiNumber: makeInamiNumber("100002", "004"), validTo: "2025-12-31" });
  t.equal(await loadRegisterText(t, database, `${REGISTER_HEADER}\n${moved}\n`), 1);
  t.match(await findProvider(2), { inami_number: makeInamiNumber("100002", "004"), valid_to: "2025-12-31" });
  await loadRegisterText(t, database, `${REGISTER_HEADER}\n${makeRow(2)}\n`);
  t.match(await findProvider(2), { inami_number: makeInamiNumber("100002"), valid_to: null });
  t.equal(await countProviders(), before);
});

t.test("a number that comes twice is refused, near or far apart, whatever its competence code", async (t) => {
  const again = makeRow(4, { inamiNumber: makeInamiNumber("100004", "004"), validTo: "2011-01-01" });
  await isRefused(t, file(makeRow(4), makeRow(5), again), 4, /, inamiNumber: .* line 2 already/);
  const many = Array.from({ length: 4_500 }, (_, index) => makeRow(1_000 + index));
  const far = await refuse(file(...many, makeRow(1_000), makeRow(5_499), makeRow(5_499)));
  t.same(tell(far), ["4502 inamiNumber", "4503 inamiNumber", "4504 inamiNumber"]);
  t.match(far.message, /line 4502 .* line 2 already[\s\S]*line 4503 .* line 4501 already/);
  t.equal(await findProvider(1_000), undefined);
});

t.test(
  "several things that are wrong are told at once, of a row and of the file, in order and not without end",
  async (t) => {
    const successor = makeInamiNumber("100012");
    const refusal = await refuse(
      file(
        makeRow(11, { replacedBy: successor }),
        makeRow(12, { replacedBy: makeInamiNumber("100011") }),
        makeRow(13, { ssin: "70010170199", validTo: "1999-01-01" }),
        makeRow(13, { inamiNumber: "1" }),
        "one,two",
      ),
    );
    t.same(tell(refusal), ["2 replacedBy", "3 replacedBy", "4 ssin", "4 validTo", "5 inamiNumber", "6 undefined"]);
    t.match(refusal.message, /^The register file is refused and nothing of it was loaded: 6 things are wrong\.\n/);
    const many = await refuse(file(...Array.from({ length: 200 }, (_, index) => makeRow(index, { ssin: "1" }))));
    t.equal(many.troubles.length, MAXIMUM_TROUBLES);
    t.match(many.summary, /50 things are wrong, and there may be more\.$/);
  },
);

t.test("replacements that lead round in a circle are refused, with what the register has too", async (t) => {
  const number = (serial: number) => makeInamiNumber(`${100_000 + serial}`);
  const by = (serial: number, next: number) => makeRow(serial, { replacedBy: number(next) });
  t.same(tell(await refuse(file(by(21, 22), by(22, 23), by(23, 21)))), [
    "2 replacedBy",
    "3 replacedBy",
    "4 replacedBy",
  ]);
  await loadRegisterText(t, database, file(by(21, 22), by(22, 23), makeRow(23)));
  t.same(tell(await refuse(file(makeRow(24), by(23, 21)))), ["3 replacedBy"], "closed by the file");
  await loadRegisterText(t, database, file(makeRow(22), by(23, 21)));
  t.match(
    await findProvider(23),
    { replaced_by_root: number(21).slice(0, 8) },
    "turned round, with the link taken away",
  );
});

t.test("a successor may come in a later file", async (t) => {
  const successor = makeInamiNumber("100032");
  const early = makeRow(31, { replacedBy: successor });
  const load = (text: string) => runTransaction(database.institute, (tx) => loadProviders(tx, bytes(text)));
  t.match(await load(file(early)), { added: 1, unknownSuccessors: 1 });
  t.match(await load(file(early)), { unchanged: 1, unknownSuccessors: 1 }, "and is missed until then");
  t.notOk("unknownSuccessors" in (await load(file(makeRow(32)))));
  t.notOk("unknownSuccessors" in (await load(file(early))));
});

async function* bytes(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

t.test("a register without rows loads nothing", async (t) => {
  t.equal(await loadRegisterText(t, database, `${REGISTER_HEADER}\n`), 0);
});

t.test("another header is refused", async (t) => {
  for (const header of ["inamiNumber;ssin", REGISTER_HEADER.toLowerCase(), `${REGISTER_HEADER},name`, makeRow(5)]) {
    await isRefused(t, `${header}\n${makeRow(5)}\n`, 1, /header must be inamiNumber,ssin.* with commas/);
  }
  for (const empty of ["", "\n\n"]) await isRefused(t, empty, 1, /it is empty: the header must be/);
});

const WRONG_ROWS: Readonly<Record<string, [row: string, reason: RegExp]>> = {
  "a number of 8 digits": [makeRow(6, { inamiNumber: "10000600" }), /inamiNumber/],
  "no number": [makeRow(6, { inamiNumber: "" }), /inamiNumber/],
  "a number with a letter": [makeRow(6, { inamiNumber: "1000O600001" }), /inamiNumber/],
  "a short SSIN": [makeRow(6, { ssin: "7001017" }), /ssin/],
  "no SSIN": [makeRow(6, { ssin: "" }), /ssin/],
  "no first day": [makeRow(6, { validFrom: "" }), /validFrom/],
  "a day that does not exist": [makeRow(6, { validTo: "2023-02-29" }), /validTo/],
  "a date in another form": [makeRow(6, { deceasedOn: "1/2/2020" }), /deceasedOn/],
  "a replacing number of 8 digits": [makeRow(6, { replacedBy: "10000700" }), /replacedBy/],
  "wrong check digits": [makeRow(6, { inamiNumber: "10000699001" }), /, inamiNumber: its check digits/],
  "wrong check digits of the SSIN": [makeRow(6, { ssin: "70010170199" }), /, ssin: its check digits/],
  "an SSIN of no date of birth": [makeRow(6, { ssin: makeSsin("701301701") }), /, ssin: .* date of birth/],
  "an end before its beginning": [makeRow(6, { validTo: "1999-12-31" }), /, validTo: it is before validFrom/],
  "a replacing number with wrong check digits": [
    makeRow(6, { replacedBy: "10000799001" }),
    /, replacedBy: its check digits/,
  ],
  "the number itself as its successor": [
    makeRow(6, { replacedBy: makeInamiNumber("100006", "004") }),
    /, replacedBy: it is the number itself/,
  ],
  "a column too few": ["10000600001,70010170151,2000-01-01,,", /no row/],
  "a column too many": [`${makeRow(6)},x`, /no row/],
  "an open quote": [makeRow(6, { ssin: '"70010170151' }), /no row/],
};

for (const [what, [row, reason]] of Object.entries(WRONG_ROWS)) {
  t.test(`a row with ${what} is refused with its line, and with it the whole file`, async (t) => {
    const lines = [REGISTER_HEADER, makeRow(7), row];
    await isRefused(t, `${lines.join("\n")}\n`, lines.length, reason);
  });
}

t.test("a wrong row is found behind rows that were sent to the database already", async (t) => {
  const good = Array.from({ length: 2_100 }, (_, index) => makeRow(20_000 + index));
  const lines = [REGISTER_HEADER, ...good, makeRow(6, { ssin: "1" })];
  await isRefused(t, `${lines.join("\n")}\n`, 2_102, /ssin/);
  t.equal(await findProvider(20_000), undefined);
});

t.test("a file that is not there is said to be so", async (t) => {
  await t.rejects(loadRegister(database, join(t.testdir(), "nowhere.csv")), { code: "ENOENT" });
});
