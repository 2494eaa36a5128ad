import t from "tap";
import type { Sql } from "../../src/database/sql.ts";
import { shieldQuery } from "../../src/database/tenant-scope.ts";
import { createTestDatabase } from "../database.ts";

/** Tables with an insurer's id that belong to the institute: the gateway's role has no insurer's data in them to see. */
const INSTITUTE_TABLES = [
  "insurer",
  "insurer_contact",
  "client_grant",
  "alarm",
  "insurer_iban",
  "projected_portfolio",
  "evaluated_portfolio",
  "readiness_admission",
];

/**
 * Tables without an insurer's id of which the gateway's role may read: of the institute, of everybody, or of a process.
 * What belongs to an insurer carries its id, else no policy can guard it.
 */
const SHARED_TABLES = [
  ...["client", "client_certificate", "client_key", "client_signing_certificate", "client_ssh_key", "space_account"],
  ...["sftp_account", "sftp_account_lease", "exchange_drop", "authorization_artifact", "failed_authentication"],
  ...["provider", "provider_version", "competence_code", "premium_year_set", "premium_year_version"],
];

/** What is wrong with the isolation of a database: tenant tables that the application role could see through. */
async function findGaps(owner: Sql, gateway: Sql): Promise<string[]> {
  const tables = await owner<{ name: string; forced: boolean; policies: number; ownedByGateway: boolean }[]>`
    select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
      (select count(*) from pg_policy p where p.polrelid = c.oid and 'infoss_gateway'::regrole = any (p.polroles)) as policies,
      pg_get_userbyid(c.relowner) = 'infoss_gateway' as "ownedByGateway"
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'insurer_id'
    where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and c.relname <> all(${INSTITUTE_TABLES})
    order by 1`;
  const gaps: string[] = [];
  for (const { name, forced, policies, ownedByGateway } of tables) {
    if (!forced) gaps.push(`${name}: row-level security is not forced`);
    if (policies === 0) gaps.push(`${name}: no policy`);
    if (ownedByGateway) gaps.push(`${name}: owned by the application role`);
    const [row] = await gateway<{ count: number }[]>`select count(*) as count from ${gateway(name)}`;
    if (row!.count > 0) gaps.push(`${name}: ${row!.count} rows visible without an insurer`);
  }
  const others = await owner<{ name: string }[]>`
    select c.relname as name from pg_class c
    where c.relkind in ('r', 'p', 'v', 'm') and c.relnamespace = 'public'::regnamespace
      and (has_table_privilege('infoss_gateway', c.oid, 'select') or has_any_column_privilege('infoss_gateway', c.oid, 'select'))
      and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'insurer_id')
      and c.relname <> all(${[...SHARED_TABLES]})
    order by 1`;
  for (const { name } of others) gaps.push(`${name}: readable, and names no insurer`);
  if (tables.length < 6) gaps.push("fewer tenant tables than there were: the query of this test is wrong");
  return gaps;
}

t.test("an insurer's rows are hidden by the database itself", async (t) => {
  const { database, owner } = await createTestDatabase(t);
  const insurers = await owner<{ insurerId: number }[]>`
    insert into insurer (enterprise_number, name, phase) values ('0403019261', 'Alpha', 'live'), ('0428759497', 'Beta', 'live')
    returning insurer_id as "insurerId"`;
  const [alpha, beta] = insurers.map((row) => row.insurerId) as [number, number];
  for (const insurerId of [alpha, beta]) {
    await database.asInsurer(insurerId).run(
      (tx) => tx`insert into contract (insurer_id, contract_id, contract_number, inami_root, start_on)
        values (${insurerId}, uuidv7(), 'C-1', '12345625', '2020-01-01')`,
    );
  }

  t.strictSame(await findGaps(owner, database.plain), [], "no tenant table has a gap");

  const seen = await database.asInsurer(alpha).run((tx) => tx`select insurer_id from contract`);
  t.strictSame([...seen], [{ insurer_id: alpha }], "a query that forgets the insurer still gets its own rows only");

  await t.rejects(
    database.asInsurer(alpha).run(
      (tx) => tx`insert into contract (insurer_id, contract_id, contract_number, inami_root, start_on)
        values (${beta}, uuidv7(), 'C-2', '12345625', '2020-01-01')`,
    ),
    { code: "42501" },
    "a row of another insurer cannot be written",
  );
  const changed = await database
    .asInsurer(alpha)
    .run((tx) => tx`update contract set start_on = '2021-01-01' where insurer_id = ${beta}`);
  t.equal(changed.count, 0, "nor changed");
  await t.rejects(
    database.asInsurer(alpha).run((tx) => tx`delete from contract`),
    { code: "42501" },
    "nothing can be deleted",
  );

  const left = await database.transactions.begin((tx) => tx`select insurer_id from contract`);
  t.equal(left.length, 0, "the insurer of a transaction does not outlive it on its connection");

  await t.test("a single statement is shielded as a transaction is", async (t) => {
    const countOwn = shieldQuery(
      "select count(*) as all, count(*) filter (where insurer_id = $1::int) as own from contract",
    );
    const countSeen = (insurerId: number) => database.asInsurer(insurerId).find<{ own: number; all: number }>(countOwn);
    // More often than the planner plans anew for each, and on every connection.
    const seen = await Promise.all(Array.from({ length: 200 }, (_, turn) => countSeen(turn % 2 === 0 ? alpha : beta)));
    t.ok(
      seen.every((row) => row?.own === 1 && row.all === 1),
      "a query that forgets the insurer gets its own rows only",
    );
    const byInsurer = shieldQuery("select contract_id from contract where $1::int <> 0 and insurer_id = $2::int");
    const foreign = await database.asInsurer(alpha).find(byInsurer, String(beta));
    t.equal(foreign, undefined);
    const list = (insurerId: number) =>
      database.asInsurer(insurerId).list<{ insurerId: number; place: number }>(
        (sql) => sql`
          select insurer_id as "insurerId", place from contract, generate_series(1, ${3}::int) place order by place desc`,
      );
    const listed = await Promise.all(Array.from({ length: 200 }, (_, turn) => list(turn % 2 === 0 ? alpha : beta)));
    for (const [turn, rows] of listed.entries()) {
      const insurerId = turn % 2 === 0 ? alpha : beta;
      t.same(
        rows,
        [3, 2, 1].map((place) => ({ insurerId, place })),
        "and so does a list, in the order asked for",
      );
    }
    const left = await Promise.all(Array.from({ length: 20 }, () => database.plain`select from contract`));
    t.ok(
      left.every((rows) => rows.length === 0),
      "the insurer does not outlive its statement",
    );
  });

  await t.test("and a dropped policy or a forgotten table is found", async (t) => {
    await owner`drop policy own_rows on contract_version`;
    await owner`alter table record_result no force row level security`;
    await owner`create table forgotten (insurer_id integer not null, secret text)`;
    await owner`insert into forgotten values (1, 'x')`;
    await owner`grant select on forgotten to infoss_gateway`;
    await owner`create table nameless (contract_id uuid, secret text)`;
    await owner`grant select (secret) on nameless to infoss_gateway`;
    t.strictSame(await findGaps(owner, database.plain), [
      "contract_version: no policy",
      "forgotten: row-level security is not forced",
      "forgotten: no policy",
      "forgotten: 1 rows visible without an insurer",
      "record_result: row-level security is not forced",
      "nameless: readable, and names no insurer",
    ]);
  });
});

t.test("the application role owns nothing and may not become another", async (t) => {
  const { database } = await createTestDatabase(t);
  const owned = await database.plain`select relname from pg_class where pg_get_userbyid(relowner) = current_user`;
  t.equal(owned.length, 0);
  const [role] = await database.plain`
    select rolsuper, rolbypassrls, rolcreaterole, rolcanlogin from pg_roles where rolname = current_user`;
  t.strictSame({ ...role }, { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcanlogin: false });
  await t.rejects(database.plain`create table mine (x int)`, { code: "42501" });
});
