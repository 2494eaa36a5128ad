import { createHmac, randomBytes } from "node:crypto";
import fc from "fast-check";
import t from "tap";
import { createPersonHasher } from "../../src/audit/person-hash.ts";
import { inamiCheckDigits } from "../../src/identifiers/inami-number.ts";
import { ssinCheckDigits } from "../../src/identifiers/ssin.ts";

const KEY = Buffer.alloc(32, 7);
const BIS = `854730033${ssinCheckDigits("854730033", false)}`;
const hasher = createPersonHasher(KEY);

t.test("a hash is HMAC-SHA-256 of the kind of number and the number", async (t) => {
  for (const length of [32, 63, 64, 65, 200]) {
    const key = randomBytes(length);
    const hmac = (text: string) => createHmac("sha256", key).update(text).digest();
    const { hashSsin, hashInamiNumber } = createPersonHasher(key);
    t.same(hashSsin("85073003328"), hmac("ssin:85073003328"), `${length} bytes`);
    t.same(hashInamiNumber("12345625"), hmac("inami:12345625"));
  }
});

t.test("another key gives other hashes, and a short one is refused", async (t) => {
  t.notSame(createPersonHasher(Buffer.alloc(32, 8)).hashSsin("85073003328"), hasher.hashSsin("85073003328"));
  t.throws(() => createPersonHasher(Buffer.alloc(31)), RangeError);
});

t.test("all numbers of one INAMI root have one hash, and no other root has it", async (t) => {
  const seen = new Map<string, string>();
  const law = fc.property(
    fc.integer({ min: 0, max: 999_999 }),
    fc.integer({ min: 0, max: 999 }),
    (serialNumber, competence) => {
      const serial = String(serialNumber).padStart(6, "0");
      const root = serial + inamiCheckDigits(serial, 97);
      const hash = hasher.hashInamiNumber(root + String(competence).padStart(3, "0")).toString("hex");
      if (hash !== hasher.hashInamiNumber(root).toString("hex")) return false;
      const first = seen.get(hash) ?? root;
      seen.set(hash, first);
      return first === root;
    },
  );
  t.doesNotThrow(() => fc.assert(law));
});

t.test("what is no number of a person is refused without being quoted", async (t) => {
  for (const wrong of ["85073003329", "85.07.30-033.28", "", "12345625001", "85073003328 "]) {
    t.throws(() => hasher.hashSsin(wrong), { name: "RangeError", message: /^\D*$/ });
  }
  for (const wrong of ["12345626", "1234562500", "85073003328a"]) {
    t.throws(() => hasher.hashInamiNumber(wrong), { name: "RangeError", message: /^\D*$/ });
  }
});

t.test("a person is asked for under all numbers it had, a replaced BIS number with the national one", async (t) => {
  const hashes = hasher.hashPerson({
    ssins: [BIS, "85073003328"],
    inamiNumbers: ["12345625001", "12345625"],
  });
  t.same(hashes, [hasher.hashSsin(BIS), hasher.hashSsin("85073003328"), hasher.hashInamiNumber("12345625")]);
  t.same(hasher.hashPerson({}), []);
});
