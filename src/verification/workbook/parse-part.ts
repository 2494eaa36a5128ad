import { SaxesParser, type SaxesTagPlain } from "saxes";
import { unreadable, WorkbookFault } from "./workbook-fault.ts";

/** Told of a part's elements by their names without prefix. What a handler throws ends the reading. */
export interface PartHandler {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/**
 * Reads the XML of a part as it is unpacked; yields after each piece. No DTD, so no entities but the five. Throws
 * `WorkbookFault`.
 */
export async function* parsePart(content: AsyncIterable<Buffer>, handler: PartHandler): AsyncGenerator<undefined> {
  const parser = new SaxesParser({ xmlns: false });
  parser.on("doctype", () => {
    throw new WorkbookFault({ code: "doctypeNotAllowed" });
  });
  parser.on("error", (error) => {
    throw unreadable(error);
  });
  parser.on("opentag", ({ name, attributes }: SaxesTagPlain) => handler.open?.(localName(name), attributes));
  parser.on("text", (text) => handler.text?.(text));
  parser.on("cdata", (text) => handler.text?.(text));
  parser.on("closetag", ({ name }: SaxesTagPlain) => handler.close?.(localName(name)));
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const bytes of content) {
      parser.write(decoder.decode(bytes, { stream: true }));
      yield undefined;
    }
    parser.write(decoder.decode()).close();
  } catch (error) {
    // Bytes that are no UTF-8.
    throw error instanceof TypeError ? unreadable(error) : error;
  }
  yield undefined;
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

/** Reads a part to its end. */
export async function parseWhole(content: AsyncIterable<Buffer>, handler: PartHandler): Promise<void> {
  const pieces = parsePart(content, handler);
  while (!(await pieces.next()).done);
}
