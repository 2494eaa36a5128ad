import { ask, follow, sendFile } from "./client.ts";
import type { DemoStage } from "./stage.ts";

const SHOWN_FINDINGS = 5;

/** Insurer Alpha sends its initial load and reads receipt, report and corrections. */
export async function sendInitialLoad({ api, call, contractFile, say }: DemoStage): Promise<void> {
  say("insurer Alpha gets an access token by private_key_jwt, bound to its client certificate");
  say(`insurer Alpha sends its initial load, ${(contractFile.length / 1e6).toFixed(1)} MB, to ${api}/submissions`);
  const { jws, ...receipt } = await sendFile(call, contractFile);
  say("receipt:", JSON.stringify(receipt, undefined, 2), `signed: ${jws.slice(0, 60)}…`);

  const ended = await follow(call, receipt.submissionId);
  say(`state ${ended.state}`, JSON.stringify(ended.counts, undefined, 2));
  if (ended.state !== "processed") throw new Error("the initial load was not processed");
  const submission = `/submissions/${receipt.submissionId}`;
  const report = await ask(call, `${submission}/report`);
  say(`report: ${report.records.length} records have something to tell, for example`);
  for (const record of report.records.slice(0, SHOWN_FINDINGS)) {
    const [finding] = record.findings;
    process.stdout.write(
      `  record ${record.recordNumber} (${record.senderReference}) ${record.outcome}: ${finding.code}: ${finding.text}\n`,
    );
  }
  const corrections = await call("GET", `${submission}/corrections`, { Accept: "application/xml" });
  say(
    `ready to mend: ${ended.counts.rejected} rejected records as a contract file, ${corrections.body.length} bytes, from ${submission}/corrections`,
  );
}
