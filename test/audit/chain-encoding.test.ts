import { createHash, hash } from "node:crypto";
import { getTableConfig } from "drizzle-orm/pg-core";
import t from "tap";
import { auditEvent } from "../../src/audit/audit-tables.ts";
import { hashEvent, hashSeal, NO_PREVIOUS_HASH, type StoredEvent } from "../../src/audit/chain-encoding.ts";

const digest = (text: string) => createHash("sha256").update(text).digest();

const EVENT: StoredEvent = {
  eventId: "019a9b3c-7a00-7000-8000-0123456789ab",
  chainId: 7,
  transactionId: 4_294_967_297n,
  atMicros: 1_795_312_196_954_321n,
  kind: "read",
  clientId: "insurer-0403019261",
  tokenSha256: digest("token"),
  method: "GET",
  route: "/é",
  status: 200,
  requestSha256: digest("request"),
  responseSha256: digest("response"),
  traceId: "t1",
  relatedTraceId: "t2",
  persons: [digest("one"), digest("two")],
};

t.test("the encoding is the documented one, byte by byte", async (t) => {
  const hex = (number: number, value: string) =>
    number.toString(16).padStart(2, "0") + (value.length / 2).toString(16).padStart(8, "0") + value;
  const utf8 = (text: string) => Buffer.from(text).toString("hex");
  const expected = [
    utf8("infoss-audit-event-1\n"),
    hex(1, "019a9b3c7a00700080000123456789ab"),
    hex(2, "00000007"),
    hex(3, "0000000100000001"),
    hex(4, 1_795_312_196_954_321n.toString(16).padStart(16, "0")),
    hex(5, utf8("read")),
    hex(6, utf8("insurer-0403019261")),
    hex(7, digest("token").toString("hex")),
    hex(8, utf8("GET")),
    hex(9, "2fc3a9"),
    hex(10, "000000c8"),
    hex(11, digest("request").toString("hex")),
    hex(12, digest("response").toString("hex")),
    hex(13, utf8("t1")),
    hex(14, utf8("t2")),
    hex(15, `00000020${digest("one").toString("hex")}00000020${digest("two").toString("hex")}`),
  ].join("");
  t.equal(hashEvent(EVENT).toString("hex"), hash("sha256", Buffer.from(expected, "hex")));
});

t.test("a column without value is left out, which differs from an empty one", async (t) => {
  const expected = Buffer.concat([
    Buffer.from("infoss-audit-event-1\n"),
    Buffer.from("0100000010019a9b3c7a00700080000123456789ab", "hex"),
    Buffer.from("020000000400000000", "hex"),
    Buffer.from("03000000080000000000000005", "hex"),
    Buffer.from("05000000056c6f67696e", "hex"),
    Buffer.from("0800000003434c49", "hex"),
    Buffer.from("09000000012f", "hex"),
    Buffer.from("0a00000004ffffffff", "hex"),
  ]);
  const nothing = { clientId: null, tokenSha256: null, requestSha256: null, responseSha256: null, traceId: null };
  const { eventId } = EVENT;
  const event: StoredEvent = {
    ...{ eventId, chainId: 0, transactionId: 5n, atMicros: null, kind: "login", method: "CLI", route: "/", status: -1 },
    ...nothing,
    relatedTraceId: null,
    persons: null,
  };
  t.equal(hashEvent(event).toString("hex"), hash("sha256", expected));
  t.notSame(hashEvent({ ...event, clientId: "" }), hashEvent(event));
  t.notSame(hashEvent({ ...event, persons: [] }), hashEvent(event));
  t.notSame(hashEvent({ ...event, traceId: "x" }), hashEvent({ ...event, relatedTraceId: "x" }));
});

t.test("every column of the table is hashed", async (t) => {
  const columns = getTableConfig(auditEvent).columns.map(({ name }) => name);
  t.equal(columns.length, Object.keys(EVENT).length, "a new column gets a number in hashEvent and docs/audit.md");
  const other: StoredEvent = {
    eventId: "019a9b3c-7a00-7000-8000-0123456789ac",
    chainId: 8,
    transactionId: 4_294_967_298n,
    atMicros: 1_795_312_196_954_322n,
    kind: "write",
    clientId: "insurer-0428759497",
    tokenSha256: digest("other"),
    method: "PUT",
    route: "/e",
    status: 201,
    requestSha256: digest("other"),
    responseSha256: digest("other"),
    traceId: "t3",
    relatedTraceId: "t3",
    persons: [digest("two"), digest("one")],
  };
  const hashes = Object.keys(EVENT).map((key) =>
    hashEvent({ ...EVENT, [key]: other[key as keyof StoredEvent] }).toString("hex"),
  );
  t.equal(new Set([...hashes, hashEvent(EVENT).toString("hex")]).size, Object.keys(EVENT).length + 1);
});

t.test("a seal hashes what it says and the hashes of its rows, as documented", async (t) => {
  const seal = {
    chainId: 7,
    sealNumber: 2,
    sealedAtMicros: 1_000_000n,
    sealedBelow: 900n,
    eventCount: 2,
    previousHash: digest("previous"),
  };
  const bytes = Buffer.concat([
    Buffer.from("infoss-audit-seal-1\n"),
    digest("previous"),
    Buffer.from("00000007", "hex"),
    Buffer.from("0000000000000002", "hex"),
    Buffer.from("00000000000f4240", "hex"),
    Buffer.from("0000000000000384", "hex"),
    Buffer.from("00000002", "hex"),
    digest("one"),
    digest("two"),
  ]);
  t.equal(hashSeal(seal, [digest("one"), digest("two")]).toString("hex"), hash("sha256", bytes));
  t.notSame(hashSeal(seal, [digest("two"), digest("one")]), hashSeal(seal, [digest("one"), digest("two")]));
  t.same(NO_PREVIOUS_HASH, Buffer.from("00".repeat(32), "hex"));
});
