import { withQuery } from "../../paths.ts";

export interface OperatorListPage<Item> {
  readonly self: string;
  readonly items: Item[];
  readonly pageSize: number;
  /** Absent on the last page. */
  readonly next?: string;
}

export interface OperatorList<Query, Row, Item> {
  readonly path: string;
  /** As it was asked; what else than the cursor is in it, filters every page. */
  readonly query: Query;
  /** The parameter that names the last item of the page before. */
  readonly cursor: keyof Query & string;
  /** At most so many rows, behind the cursor. */
  readonly list: (limit: number) => Promise<readonly Row[]>;
  readonly view: (row: Row) => Item;
  /** What the cursor names a row by. */
  readonly idOf: (row: Row) => string | number;
}

/** One page of a list of operators, with the address of the next one where there is one. */
export async function answerPage<
  Query extends { readonly pageSize: number } & Readonly<Record<string, string | number | boolean | undefined>>,
  Row,
  Item,
>({ path, query, cursor, list, view, idOf }: OperatorList<Query, Row, Item>): Promise<OperatorListPage<Item>> {
  const { pageSize, [cursor]: asked, ...filter } = query;
  const addressOf = (after: string | number | undefined) =>
    withQuery(path, { ...textsOf(filter), [cursor]: after, pageSize });
  // One more than asked for tells whether there is a next page.
  const found = await list(pageSize + 1);
  const rows = found.slice(0, pageSize);
  const last = found.length > pageSize ? rows.at(-1) : undefined;
  return {
    self: addressOf(asked as string | number | undefined),
    items: rows.map(view),
    pageSize,
    ...(last !== undefined && { next: addressOf(idOf(last)) }),
  };
}

function textsOf(filter: Readonly<Record<string, unknown>>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(filter).map(([name, value]) => [name, value === undefined ? undefined : String(value)]),
  );
}
