import t from "tap";
import { composeFile } from "../flows/compose-file.ts";
import { openExchange } from "./open-exchange.ts";

t.test("a file with its GO becomes a submission, a receipt and a report", async (t) => {
  const flow = await openExchange(t);
  const account = await flow.open();
  const { insurer, name } = account;
  account.put(`FI.${name()}`, composeFile({ sender: insurer.enterpriseNumber, reference: "R-1" }));
  t.match(await account.serve(), { decided: 0, waiting: 1 }, "nothing before GO");
  t.strictSame(account.names("OUT"), []);

  account.put(`GO.${name()}`);
  t.match(await account.serve(), { decided: 1, waiting: 0, failed: 0, more: false });
  t.strictSame(account.names("IN"), [], "it has left IN");
  const [receiptName = ""] = account.names("OUT");
  t.match(receiptName, /^FO\.ACRF\.\d{10}\.\d{8}\.00001\.S$/);
  t.strictSame(account.names("OUT"), [receiptName, receiptName.replace("FO", "GO")]);
  const receipt = account.fetch(receiptName);
  t.match(receipt, `<fileName>FI.${name()}</fileName>`);
  t.match(receipt, "<state>received</state>");
  t.match(receipt, /<jws>[\w-]+\.[\w-]+\.[\w-]+<\/jws>/);

  await flow.processAll();
  t.match(await account.serve(), { decided: 0, published: 1 });
  const [reportName = ""] = account.names("OUT");
  t.match(reportName, /^FO\.NOTI\.\d{10}\.\d{8}\.00002\.S$/);
  const report = account.fetch(reportName);
  t.match(report, "<state>processed</state>");
  t.match(report, `<fileName>FI.${name()}</fileName>`);
  t.match(report, "<accepted>1</accepted>");
  t.match(await account.serve(), { decided: 0, published: 0, waiting: 0 }, "and that is all");
  t.strictSame([...account.names("IN"), ...account.names("OUT")], []);

  const events = await flow.owner`
    select kind, client_id, method, route, request_sha256 = (select sha256 from submission) as "isOfFile" from audit_event`;
  t.same(events, [{ kind: "write", client_id: account.accountName, method: "SFTP", route: "FI", isOfFile: true }]);
});

t.test(
  "a look at an account where nothing is to be done lists IN alone; OUT is looked at where answers stand",
  async (t) => {
    const flow = await openExchange(t);
    const account = await flow.open();
    const listed: string[] = [];
    const folders = {
      ...account.folders,
      list: async (folder: "IN" | "OUT") => {
        listed.push(folder);
        return await account.folders.list(folder);
      },
    };
    await flow.serve(account.accountName, { folders });
    t.strictSame(listed.splice(0), ["IN"]);
    account.put(`FI.${account.name()}`, composeFile({ sender: account.insurer.enterpriseNumber, reference: "R-1" }));
    account.put(`GO.${account.name()}`);
    await account.serve();
    await flow.serve(account.accountName, { folders });
    t.strictSame(listed.splice(0), ["OUT", "IN"]);
    for (const name of account.names("OUT")) if (name.startsWith("FO")) account.fetch(name);
    await flow.serve(account.accountName, { folders });
    t.strictSame(listed.splice(0), ["OUT", "IN"]);
    await flow.serve(account.accountName, { folders });
    t.strictSame(listed.splice(0), ["IN"]);
    await flow.processAll();
    await flow.serve(account.accountName, { folders });
    t.equal(account.names("OUT").length, 2, "the report");
  },
);
