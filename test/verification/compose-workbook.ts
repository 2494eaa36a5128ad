import { crc32, deflateRawSync } from "node:zlib";

export interface ArchiveEntry {
  readonly name: string;
  readonly content: string | Buffer;
  /** Bit 0: encrypted. */
  readonly flags?: number;
  /** What the directory says instead of the truth. */
  readonly declaredBytes?: number;
}

const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;

/** A ZIP file (APPNOTE 6.3), with whatever names and lies the entries ask for. */
export function composeArchive(entries: readonly ArchiveEntry[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { name, content, flags = 0, declaredBytes } of entries) {
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(flags, 2);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc32(bytes), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(declaredBytes ?? bytes.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.alloc(LOCAL_BYTES);
    local.write("PK\x03\x04", "latin1");
    fields.copy(local, 4);
    const central = Buffer.alloc(CENTRAL_BYTES);
    central.write("PK\x01\x02", "latin1");
    fields.copy(central, 6);
    central.writeUInt32LE(offset, 42);
    locals.push(local, Buffer.from(name), packed);
    centrals.push(central, Buffer.from(name));
    offset += LOCAL_BYTES + Buffer.byteLength(name) + packed.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(END_BYTES);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

function relations(...all: readonly string[]): string {
  return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${all.join("")}</Relationships>`;
}

export interface WorkbookParts {
  /** Rows of the sheet as XML, or the sheet as a whole where it begins with `<?xml`. */
  readonly rows: string;
  /** Items of the table of shared strings as XML. */
  readonly strings?: string;
  /** How the workbook refers to its sheet. */
  readonly sheetTarget?: string;
  readonly more?: readonly ArchiveEntry[];
}

/** An XLSX workbook with one sheet. */
export function composeWorkbook({ rows, strings, sheetTarget, more = [] }: WorkbookParts): Buffer {
  return composeArchive(
    listWorkbookEntries({ rows, ...(strings && { strings }), ...(sheetTarget && { sheetTarget }), more }),
  );
}

export function listWorkbookEntries({ rows, strings = "", sheetTarget, more = [] }: WorkbookParts): ArchiveEntry[] {
  const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  const sheet = rows.startsWith("<?xml")
    ? rows
    : `<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="${main}"><sheetData>${rows}</sheetData></worksheet>`;
  const target = sheetTarget ?? 'Target="worksheets/sheet1.xml"';
  return [
    { name: "[Content_Types].xml", content: "<Types/>" },
    {
      name: "_rels/.rels",
      content: relations(`<Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/>`),
    },
    {
      name: "xl/workbook.xml",
      content: `<workbook xmlns="${main}" xmlns:r="${RELATIONS}"><sheets><sheet name="Blad1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    },
    {
      name: "xl/_rels/workbook.xml.rels",
      content: relations(
        `<Relationship Id="rId1" Type="${RELATIONS}/worksheet" ${target}/>`,
        `<Relationship Id="rId2" Type="${RELATIONS}/sharedStrings" Target="/xl/sharedStrings.xml"/>`,
      ),
    },
    { name: "xl/worksheets/sheet1.xml", content: sheet },
    { name: "xl/sharedStrings.xml", content: `<sst xmlns="${main}">${strings}</sst>` },
    ...more,
  ];
}

/** Rows with texts in the sheet itself, as many programs write them. */
export function inlineRows(cells: readonly (readonly string[])[]): string {
  return cells
    .map(
      (row, index) =>
        `<row r="${index + 1}">${row.map((text, column) => inlineCell(text, column, index + 1)).join("")}</row>`,
    )
    .join("");
}

function inlineCell(text: string, column: number, row: number): string {
  return `<c r="${"ABCDEFG"[column]}${row}" t="inlineStr"><is><t>${text}</t></is></c>`;
}
