import t from "tap";
import { ALPHA, openDoor, ROOT } from "../http/open-door.ts";
import { setPaymentScene, TODAY } from "../payments/payment-scene.ts";
import { admitMachine, callAsOperator } from "./admit-operator.ts";
import { createMachineCaller } from "./client-machine.ts";

const RUNS = "/operator/paymentRuns";
const IBANS = `/operator/insurers/${ALPHA}/ibans`;
const NEW_IBAN = "BE91001000000076";

t.test("operators pay over REST as on the command line, and change accounts by two", async (t) => {
  const door = await openDoor(t);
  const [beta] = await door.owner<
    { id: number }[]
  >`select insurer_id as id from insurer where insurer_id <> ${door.alphaId}`;
  const scene = await setPaymentScene(door, [door.alphaId, beta!.id]);
  const personId = await scene.person();
  await scene.decide(personId, { amountCents: 318_012, contract: await scene.contract(personId, door.alphaId) });
  const anna = await callAsOperator(t, door);
  const bert = createMachineCaller(door, await admitMachine(t, door, { clientId: "desk-2", kind: "operator" })).call;

  t.match(await anna("POST", IBANS, { iban: "BE00" }), { status: 400, json: { issues: [{ name: "iban" }] } });
  const proposed = await anna("POST", IBANS, { iban: NEW_IBAN });
  t.match(proposed, { status: 201, json: { state: "proposed", proposedBy: "desk-1", iban: NEW_IBAN } });
  const proposal = proposed.location!.slice(ROOT.length);
  t.match(await bert("POST", IBANS, { iban: NEW_IBAN }), { status: 409 }, "one is proposed at a time");
  t.match(await anna("POST", `${proposal}/confirm`), { status: 409 }, "not by who proposed it");
  t.match(await bert("POST", `/operator/insurers/${"0428759497"}/ibans/${proposal.split("/").at(-1)}/confirm`), {
    status: 404,
  });
  t.match(await bert("POST", `${proposal}/confirm`), {
    status: 200,
    json: { state: "confirmed", decidedBy: "desk-2" },
  });
  t.match(await bert("POST", `${proposal}/reject`), { status: 404 }, "it was decided");
  t.match(await anna("GET", proposal), { status: 200, json: { state: "confirmed" } });
  t.match(await anna("GET", IBANS), { status: 200, json: { items: [{ iban: NEW_IBAN, state: "confirmed" }, {}] } });
  const notices = (await door.alpha(`${ROOT}/notices`)).json.items;
  t.match(notices, [{ kind: "ibanChanged", subject: "BE91 … 0076", text: /at once/ }], "the insurer is told");

  t.match(await anna("POST", RUNS, { premiumYear: 2010 }), { status: 400 });
  t.match(await anna("POST", RUNS, { premiumYear: 2023 }), { status: 409 }, "nothing is due");
  const made = await anna("POST", RUNS, { premiumYear: 2024 });
  t.match(made, {
    status: 201,
    json: { state: "prepared", totalCents: 318_012, remittances: [{ iban: NEW_IBAN, lineCount: 1 }] },
  });
  const run = made.location!.slice(ROOT.length);
  t.match(await anna("POST", RUNS, { premiumYear: 2024 }), { status: 409 }, "one is prepared at a time");
  t.match(await anna("GET", `${run}/paymentList`), { status: 404 }, "it has a list once it is ordered");
  const payer = { payerName: "Institute", payerIban: "BE68 5390 0754 7034", executeOn: "2026-11-25" };
  t.match(await anna("POST", `${run}/creditTransfer`, payer), { status: 404 });
  t.match(await bert("POST", `${run}/order`), { status: 200, json: { state: "ordered", endedBy: "desk-2" } });
  t.match(await bert("POST", `${run}/withdraw`), { status: 409 });
  t.match(await anna("GET", RUNS), { status: 200, json: { items: [{ runNumber: 1, state: "ordered" }] } });
  const list = await anna("GET", `${run}/paymentList`);
  t.match(list, { status: 200, json: { orders: [{ kind: "insurer", iban: NEW_IBAN, amountCents: 318_012 }] } });

  const transfer = await anna("POST", `${run}/creditTransfer`, payer);
  const file = `<InstdAmt Ccy="EUR">3180.12</InstdAmt></Amt><Cdtr><Nm>Alpha</Nm></Cdtr><CdtrAcct><Id><IBAN>${NEW_IBAN}<`;
  t.match(transfer, { status: 200, json: { text: file } });
  t.match(transfer.json.text, /<Dt>2026-11-25<\/Dt>.*<Nm>Institute<\/Nm>.*<IBAN>BE68539007547034</s);
  t.same((await bert("POST", `${run}/creditTransfer`, payer)).json, transfer.json, "the same bytes each time");
  const wrong = await anna("POST", `${run}/creditTransfer`, { ...payer, payerIban: "BE00" });
  t.match(wrong, { status: 400, json: { issues: [{ name: "payerIban" }] } });
  const nowhere = `${RUNS}/019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7d01/creditTransfer`;
  t.match(await anna("POST", nowhere, payer), { status: 404 });

  const [order] = (list.json as unknown as { orders: { reference: string }[] }).orders;
  const row = { reference: order!.reference, outcome: "executed", amountCents: 318_012, bookedOn: TODAY };
  const early = await anna("POST", "/operator/paymentImports", { rows: [row, { ...row, reference: "900000000000" }] });
  t.match(early, {
    status: 200,
    json: {
      applied: 0,
      findings: [
        { row: 1, code: "dateInvalid" },
        { row: 2, code: "paymentUnknown" },
      ],
    },
  });
  const booked = { ...row, bookedOn: "2026-11-22" };
  const first = await anna("POST", "/operator/paymentImports", { rows: [booked] });
  t.match(first, { status: 200, json: { applied: 1, unchanged: 0, findings: [] } });
  const again = await bert("POST", "/operator/paymentImports", { rows: [booked] });
  t.match(again, { status: 200, json: { applied: 0, unchanged: 1 } });
  t.equal(await scene.state(personId), "paid");
  const [acts] = await door.owner`select count(*)::int as count from audit_event where kind = 'operatorAct'`;
  t.equal(acts!.count, 10, "each act has its audit event, also that the list was read");
});
