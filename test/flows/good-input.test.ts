import { readdirSync, readFileSync } from "node:fs";
import t from "tap";
import { openForSingleFiles } from "./open-for-single-files.ts";

const FOLDER = new URL("../../fixtures/contract-file/good/", import.meta.url);

const { exchange, countRows, forget, endInitialLoad } = await openForSingleFiles(t);

interface Reported {
  readonly findings: readonly { readonly code: string }[];
}

for (const name of readdirSync(FOLDER).filter((file) => file.endsWith(".xml"))) {
  t.test(`${name} is taken as it is, with everything in it`, async (t) => {
    const content = readFileSync(new URL(name, FOLDER));
    if (name === "delta.xml") await endInitialLoad();
    const sent = Buffer.from(content.toString("latin1").replace('sequence="17"', 'sequence="1"'), "latin1");
    const { report } = await exchange(sent);
    const { state, counts, findings, records } = JSON.parse(report.text);
    if (name === "delta.xml") {
      t.same(
        { state, findings },
        { state: "processed", findings: [] },
        "the first delta, where it stands for the 17th",
      );
      const codes = records.flatMap((record: Reported) => record.findings.map((finding) => finding.code));
      t.same(codes, ["contractUnknown", "contractUnknown", "contractUnknown"], "its last three are of others");
    } else {
      const codes = records.flatMap((record: Reported) => record.findings.map((finding) => finding.code));
      t.same({ state, findings }, { state: "processed", findings: [] });
      t.same(codes, name === "numbers-of-every-modulus.xml" ? ["competenceCodeUnknown"] : []);
      t.equal(counts.accepted + counts.acceptedWithWarnings, counts.received);
      t.match(await countRows(), { contract: counts.received, contract_version: counts.received });
    }
    await forget();
  });
}
