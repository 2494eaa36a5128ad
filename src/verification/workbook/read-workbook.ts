import type { SentRows } from "../sent-rows.ts";
import { type Archive, openArchive } from "./open-archive.ts";
import { parsePart, parseWhole } from "./parse-part.ts";
import { createSheetHandler } from "./sheet-rows.ts";
import { unreadable, unsafe, WorkbookFault } from "./workbook-fault.ts";

/**
 * The rows of the first sheet of an XLSX workbook (ECMA-376), columns A and B. Other parts (drawings, macros, what other
 * workbooks said) are never unpacked, and nothing that it refers to outside is fetched.
 */
export async function* readWorkbook(content: Buffer): SentRows {
  try {
    const archive = await openArchive(content);
    const { sheet, strings } = await findParts(archive);
    const handler = createSheetHandler(strings === undefined ? [] : await readStrings(archive, strings));
    for await (const _piece of parsePart(archive.read(sheet), handler)) yield handler.take();
  } catch (error) {
    if (error instanceof WorkbookFault) return error.finding;
    throw error;
  }
  return undefined;
}

interface Relation {
  readonly target: string;
  readonly isExternal: boolean;
}

/** Relations of a part by id, and by the last word of their type. */
interface Relations {
  readonly byId: ReadonlyMap<string, Relation>;
  readonly byType: ReadonlyMap<string, Relation>;
}

async function findParts(archive: Archive): Promise<{ sheet: string; strings: string | undefined }> {
  const root = await readRelations(archive, "");
  const workbook = resolve("", root.byType.get("officeDocument")) ?? "xl/workbook.xml";
  let id: string | undefined;
  await parseWhole(archive.read(workbook), {
    open(name, attributes) {
      if (name === "sheet") id ??= Object.entries(attributes).find(([key]) => /^\w+:id$/.test(key))?.[1];
    },
  });
  const relations = await readRelations(archive, workbook);
  const sheet = id === undefined ? undefined : resolve(workbook, relations.byId.get(id));
  if (sheet === undefined) throw unreadable();
  return { sheet, strings: resolve(workbook, relations.byType.get("sharedStrings")) };
}

async function readRelations(archive: Archive, part: string): Promise<Relations> {
  const slash = part.lastIndexOf("/") + 1;
  const path = `${part.slice(0, slash)}_rels/${part.slice(slash)}.rels`;
  const byId = new Map<string, Relation>();
  const byType = new Map<string, Relation>();
  if (!archive.has(path)) return { byId, byType };
  await parseWhole(archive.read(path), {
    open(name, { Id = "", Type = "", Target = "", TargetMode = "" }) {
      if (name !== "Relationship") return;
      const relation = { target: Target, isExternal: TargetMode === "External" };
      byId.set(Id, relation);
      byType.set(Type.slice(Type.lastIndexOf("/") + 1), relation);
    },
  });
  return { byId, byType };
}

/** The path in the archive that a relation of a part leads to. Throws where it leads out of it. */
function resolve(part: string, relation: Relation | undefined): string | undefined {
  if (!relation) return undefined;
  if (relation.isExternal) throw unsafe();
  const isAbsolute = relation.target.startsWith("/");
  const path = isAbsolute ? [] : part.split("/").slice(0, -1);
  for (const step of relation.target.split("/")) {
    if (step === "..") {
      if (path.pop() === undefined) throw unsafe();
    } else if (step !== "" && step !== ".") path.push(step);
  }
  return path.join("/");
}

/** The table of texts that cells refer to by number; how they sound (phonetic runs) is left out. */
async function readStrings(archive: Archive, path: string): Promise<string[]> {
  const strings: string[] = [];
  let text = "";
  let isText = false;
  let phonetic = 0;
  await parseWhole(archive.read(path), {
    open(name) {
      if (name === "si") text = "";
      else if (name === "rPh") phonetic += 1;
      else if (name === "t") isText = phonetic === 0;
    },
    text(piece) {
      if (isText) text += piece;
    },
    close(name) {
      if (name === "t") isText = false;
      else if (name === "rPh") phonetic -= 1;
      else if (name === "si") strings.push(text);
    },
  });
  return strings;
}
