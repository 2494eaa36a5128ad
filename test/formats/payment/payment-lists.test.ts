import { parse } from "csv-parse/sync";
import { XMLParser } from "fast-xml-parser";
import t from "tap";
import type { PaymentList } from "../../../src/formats/payment/payment-order.ts";
import { renderPain001 } from "../../../src/formats/payment/render-pain001.ts";
import { renderPaymentCsv } from "../../../src/formats/payment/render-payment-csv.ts";

const LIST: PaymentList = {
  ...{ premiumYear: 2024, runNumber: 3, orderedAt: new Date("2025-10-01T08:00:00.000Z") },
  orders: [
    {
      ...{ reference: "900000000187", kind: "insurer", beneficiary: "Crédit & Prévoyance <é>", number: "0403019261" },
      ...{ iban: "BE68539007547034", amountCents: 30_000_000_009 },
    },
    {
      ...{ reference: "900000000284", kind: "provider", beneficiary: "INAMI 12345625", number: "12345625" },
      ...{ iban: "BE62510007547061", amountCents: 5 },
    },
    {
      ...{ reference: "900000000381", kind: "claim", beneficiary: "INAMI 12345676", number: "12345676" },
      ...{ iban: null, amountCents: -250_000 },
    },
  ],
};
const PAYER = { name: "Institute", iban: "BE68539007547034", executeOn: "2025-10-03" };

t.test("the list as CSV holds every order, in cents", async (t) => {
  const rows = parse(renderPaymentCsv(LIST), { columns: true }) as Record<string, string>[];
  t.match(rows, [
    { reference: "900000000187", kind: "insurer", amountCents: "30000000009" },
    { kind: "provider", iban: "BE62510007547061", amountCents: "5" },
    { kind: "claim", iban: "", amountCents: "-250000" },
  ]);
});

t.test("the list as pain.001 holds the transfers, to the cent, and nothing that is claimed back", async (t) => {
  const text = renderPain001(LIST, PAYER);
  t.equal(renderPain001(LIST, PAYER), text, "the same bytes each time");
  const { Document } = new XMLParser({ parseTagValue: false, ignoreAttributes: false }).parse(text);
  const { GrpHdr, PmtInf } = Document.CstmrCdtTrfInitn;
  t.match(GrpHdr, { MsgId: "SA-2024-003", CreDtTm: "2025-10-01T08:00:00Z", NbOfTxs: "2", CtrlSum: "300000000.14" });
  t.match(PmtInf, { NbOfTxs: "2", CtrlSum: "300000000.14", ReqdExctnDt: { Dt: "2025-10-03" } });
  const [first, second] = PmtInf.CdtTrfTxInf;
  t.match(first, {
    PmtId: { EndToEndId: "900000000187" },
    Amt: { InstdAmt: { "#text": "300000000.09", "@_Ccy": "EUR" } },
    Cdtr: { Nm: "Credit + Prevoyance  e" },
    CdtrAcct: { Id: { IBAN: "BE68539007547034" } },
    RmtInf: { Strd: { CdtrRefInf: { Tp: { Issr: "BBA" }, Ref: "900000000187" } } },
  });
  t.equal(second.Amt.InstdAmt["#text"], "0.05");
});
