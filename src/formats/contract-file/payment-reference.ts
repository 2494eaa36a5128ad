import {
  isStructuredCommunication,
  type StructuredCommunicationFault,
  validateStructuredCommunication,
} from "../../identifiers/structured-communication.ts";

/** As printed on a transfer: +++090/9337/55493+++ or with asterisks. The schema allows exactly this besides 12 digits. */
const PRINTED = /^(\+\+\+|\*\*\*)(\d{3})\/(\d{4})\/(\d{5})\1$/;

/** The 12 digits of a payment reference written plain or as printed; undefined when it is none. */
export function parsePaymentReference(text: string): string | undefined {
  if (isStructuredCommunication(text)) return text;
  const digits = readPrinted(text);
  return digits !== undefined && isStructuredCommunication(digits) ? digits : undefined;
}

/** The first reason why `text` is not a payment reference; undefined when it is one. */
export function validatePaymentReference(text: string): StructuredCommunicationFault | undefined {
  return validateStructuredCommunication(readPrinted(text) ?? text);
}

function readPrinted(text: string): string | undefined {
  const match = PRINTED.exec(text);
  return match === null ? undefined : `${match[2]}${match[3]}${match[4]}`;
}
