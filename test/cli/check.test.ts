import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import t from "tap";
import { composeFile, composeRecord } from "../flows/compose-file.ts";
import { runInfossProcess } from "../operator/run-infoss.ts";

t.test("infoss check says what to mend, in each form, and its status is that of a sending", async (t) => {
  const folder = t.testdir();
  const check = (path: string, ...more: string[]) => runInfossProcess({}, ["check", path, ...more]);
  const write = (name: string, content: string) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const sound = write("sound.xml", composeFile({ sender: "0403019261", reference: "SOUND" }));
  const records = [composeRecord("R-1"), composeRecord("R-1", { contractNumber: "C-2", inamiNumber: "12345600" })];
  const partly = write("partly.xml", composeFile({ sender: "0403019261", reference: "PARTLY", records }));
  const refused = write("refused.xml", "<contractFile");

  const passed = await check(sound);
  t.match(passed, { status: 0, stdout: "" });
  t.match(
    passed.stderr,
    /^1 records: 1 passed, 0 repeated, 0 to mend\.\nNot checked here[\s\S]*register:[\s\S]*contracts:/,
  );
  t.notMatch(passed.stderr, "\u001b", "no progress bar where there is no terminal");

  const mended = await check(partly);
  t.match(mended, {
    status: 3,
    stdout: /line \d+ record 2 \(R-1\): inamiNumberInvalid inamiNumber "12345600"\. .*\n.*senderReferenceRepeated/,
  });

  const json = await check(partly, "--format", "json", "--language", "fr");
  const document = JSON.parse(json.stdout);
  t.match(document, {
    state: "checked",
    reference: "PARTLY",
    counts: { received: 2, passed: 1, rejected: 1 },
    findings: [],
    checksNotMade: ["register", "contracts", "submission", "transport"],
  });
  t.match(document.records, [
    {
      recordNumber: 2,
      outcome: "rejected",
      findings: [
        { code: "inamiNumberInvalid", text: /num\u00e9ro/ },
        { code: "senderReferenceRepeated", details: { firstRecordNumber: 1 } },
      ],
    },
  ]);

  const rows = parse((await check(partly, "--format", "csv")).stdout, { columns: true }) as Record<string, string>[];
  t.match(rows, [
    { recordNumber: "2", code: "inamiNumberInvalid", outcome: "rejected" },
    { code: "senderReferenceRepeated", details: "firstRecordNumber=1" },
  ]);

  const whole = await check(refused, "--format", "json");
  t.equal(whole.status, 4);
  t.match(JSON.parse(whole.stdout), {
    state: "refused",
    findings: [{ code: "notWellFormed", number: 312 }],
    records: [],
  });
  t.match(whole.stderr, /would refuse the whole file/);

  t.match(await check(join(folder, "none.xml")), { status: 1, stderr: /is not there or cannot be read/ });
  t.match(await check(sound, "--format", "pdf"), { status: 2 });
});
