/** What a line of a fact file (docs/facts.md) says, without whose it is. */
export type Fact = Readonly<Record<string, unknown>> & { readonly kind: string };

/** The facts of a person, for contracts declared in `year`; `knowsYear`: whether there are rules for that premium year. */
export type Facts = (year: number, knowsYear: boolean) => readonly Fact[];

/** What becomes known of a premium year on a day. */
export type LaterFacts = (premiumYear: number, on: string) => readonly Fact[];

/** Practice, agreement and first number of every synthetic person begin here. */
export const SINCE = "2009-09-01";
/** Doctors' activity counts two years later, and a space may look at the year before, or move its day into the next. */
const [YEARS_BEFORE, YEARS_AFTER] = [4, 2];

interface Practice {
  readonly profession: string;
  readonly specialty?: string;
  /** Absent: not known. */
  readonly measures?: Readonly<Record<string, number>>;
  /** Absent: it goes on. */
  readonly recognisedTo?: string;
  readonly joinedTo?: string;
}

/** Who practises a profession since 2009, joined to the agreement, with the same activity each year; and `more`. */
export function practise(
  { profession, specialty, measures, recognisedTo, joinedTo }: Practice,
  ...more: Fact[]
): Facts {
  return (year) => [
    { kind: "profession", profession, firstInamiNumberOn: SINCE, ...(specialty !== undefined && { specialty }) },
    { kind: "recognition", from: SINCE, ...(recognisedTo !== undefined && { to: recognisedTo }) },
    { kind: "convention", convention: "full", from: SINCE, ...(joinedTo !== undefined && { to: joinedTo }) },
    ...(measures ? beActive(measures)(year, true) : []),
    ...more,
  ];
}

/** The same activity in each year that may count. */
export function beActive(measures: Readonly<Record<string, number>>): Facts {
  return (year) =>
    Array.from({ length: YEARS_BEFORE + YEARS_AFTER + 1 }, (_, index) => ({
      ...{ kind: "activity", year: year - YEARS_BEFORE + index, measures },
    }));
}
