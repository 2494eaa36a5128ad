import { replaceForbiddenCharacters } from "../report/forbidden-characters.ts";
import type { PaymentList, PaymentOrder } from "./payment-order.ts";

/** Who pays, and when. */
export interface Payer {
  readonly name: string;
  readonly iban: string;
  /** `yyyy-mm-dd`. */
  readonly executeOn: string;
}

/** What SEPA lets a name have (EPC 217-08), and how many of it. */
const NAME_CHARACTERS = /[^A-Za-z0-9/\-?:().,'+ ]/g;
const NAME_LENGTH = 70;

/**
 * The transfers of the list as an ISO 20022 credit transfer initiation (pain.001.001.09) for SEPA, with the reference as
 * end-to-end id and as Belgian structured communication (BBA). The same list gives the same bytes. Claims are no transfers.
 */
export function renderPain001(list: PaymentList, payer: Payer): string {
  const orders = list.orders.filter(({ kind }) => kind !== "claim");
  const id = `SA-${list.premiumYear}-${String(list.runNumber).padStart(3, "0")}`;
  const sums = `<NbOfTxs>${orders.length}</NbOfTxs><CtrlSum>${euros(orders.reduce((sum, { amountCents }) => sum + amountCents, 0))}</CtrlSum>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn>
<GrpHdr><MsgId>${id}</MsgId><CreDtTm>${list.orderedAt.toISOString().slice(0, 19)}Z</CreDtTm>${sums}<InitgPty><Nm>${name(payer.name)}</Nm></InitgPty></GrpHdr>
<PmtInf><PmtInfId>${id}</PmtInfId><PmtMtd>TRF</PmtMtd>${sums}<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf>\
<ReqdExctnDt><Dt>${payer.executeOn}</Dt></ReqdExctnDt><Dbtr><Nm>${name(payer.name)}</Nm></Dbtr>\
<DbtrAcct><Id><IBAN>${payer.iban}</IBAN></Id></DbtrAcct>\
<DbtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></DbtrAgt><ChrgBr>SLEV</ChrgBr>
${orders.map(renderTransfer).join("\n")}
</PmtInf></CstmrCdtTrfInitn></Document>
`;
}

function renderTransfer({ reference, beneficiary, iban, amountCents }: PaymentOrder): string {
  return (
    `<CdtTrfTxInf><PmtId><EndToEndId>${reference}</EndToEndId></PmtId>` +
    `<Amt><InstdAmt Ccy="EUR">${euros(amountCents)}</InstdAmt></Amt><Cdtr><Nm>${name(beneficiary)}</Nm></Cdtr>` +
    `<CdtrAcct><Id><IBAN>${iban}</IBAN></Id></CdtrAcct><RmtInf><Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry>` +
    `<Issr>BBA</Issr></Tp><Ref>${reference}</Ref></CdtrRefInf></Strd></RmtInf></CdtTrfTxInf>`
  );
}

/** In whole numbers: no cent is lost to a fraction. */
function euros(cents: number): string {
  return `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
}

function name(text: string): string {
  const plain = replaceForbiddenCharacters(text)
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "");
  return plain.replaceAll("&", "+").replace(NAME_CHARACTERS, " ").trim().slice(0, NAME_LENGTH) || "-";
}
