import { join } from "node:path";
import t, { type Test } from "tap";
import { loadRegister, RegisterFileError } from "../../src/register/load-register.ts";
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
  const refusal = await loadRegisterText(t, database, text).catch((error: unknown) => error);
  t.type(refusal, RegisterFileError);
  if (refusal instanceof RegisterFileError) {
    t.equal(refusal.line, line);
    t.match(refusal.message, reason);
    t.match(refusal.message, `line ${line} `);
    t.notMatch(refusal.message, SSIN, "no personal number in an error");
  }
  t.equal(await countProviders(), before, "all or nothing");
}

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

t.test("of two rows with the same root the later one counts, near each other or far apart", async (t) => {
  const near = [makeRow(4, { validTo: "2010-01-01" }), makeRow(4, { validTo: "2011-01-01" })];
  const many = Array.from({ length: 4_500 }, (_, index) => makeRow(1_000 + index));
  const far = [...near, ...many, makeRow(1_000, { validTo: "2012-01-01" })];
  t.equal(await loadRegisterText(t, database, `${[REGISTER_HEADER, ...far].join("\n")}\n`), far.length);
  t.match(await findProvider(4), { valid_to: "2011-01-01" });
  t.match(await findProvider(1_000), { valid_to: "2012-01-01" });
  t.match(await findProvider(5_499), { valid_to: null }, "and the last of several batches is there");
});

t.test("a register without rows loads nothing", async (t) => {
  t.equal(await loadRegisterText(t, database, `${REGISTER_HEADER}\n`), 0);
});

t.test("another header is refused", async (t) => {
  for (const header of ["inamiNumber;ssin", REGISTER_HEADER.toLowerCase(), `${REGISTER_HEADER},name`, makeRow(5)]) {
    await isRefused(t, `${header}\n${makeRow(5)}\n`, 1, /header must be inamiNumber,ssin/);
  }
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
