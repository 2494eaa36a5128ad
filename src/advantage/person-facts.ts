/**
 * What the institute knows of one person, as an evaluation takes it. Days are `yyyy-mm-dd` in Brussels, periods
 * inclusive at both ends; an end that is absent lies ahead.
 */
export interface PersonFacts {
  readonly personId: string;
  readonly professions: readonly ProfessionFacts[];
  readonly sanctions: readonly Sanction[];
  readonly deceasedOn?: string | undefined;
  /** First day of the legal pension. */
  readonly legalPensionOn?: string | undefined;
  /** The first premium year for which a right was reserved at the institute. */
  readonly reservedRightFirstYear?: number | undefined;
  readonly choice?: ContractChoice | undefined;
}

export interface Period {
  readonly from: string;
  readonly to?: string | undefined;
}

export interface Sanction extends Period {
  readonly sanction: string;
}

/** What the provider chose for the premium year; among several, the last one made. */
export interface ContractChoice {
  /** A contract, or a right reserved at the institute instead of one. */
  readonly chosen: ContractReference | "reservedRight";
  readonly chosenOn: string;
}

export interface ContractReference {
  readonly insurerId: number;
  readonly contractId: string;
}

export interface Convention extends Period {
  readonly kind: "full" | "partial";
}

/** One profession of a person, over all INAMI numbers of that profession. */
export interface ProfessionFacts {
  readonly profession: string;
  readonly specialty?: string | undefined;
  readonly competenceCode?: string | undefined;
  /** Day the first INAMI number of the profession was granted. */
  readonly firstInamiNumberOn: string;
  /** Day practice began after training, for the years without threshold. */
  readonly practiceStartedOn?: string | undefined;
  readonly recognised: readonly Period[];
  readonly conventions: readonly Convention[];
  readonly trainee: readonly Period[];
  readonly formallyInactive: readonly Period[];
  readonly years: readonly YearFacts[];
}

/** What is known of one calendar year; no entry: nothing is known of it. */
export interface YearFacts {
  readonly year: number;
  /** Integers in the smallest unit of the measure (premium-years/measures.csv). A measure that is absent is unknown, not 0. */
  readonly measures: Readonly<Record<string, number>>;
  /** Recognised inactivity in working days. */
  readonly inactiveDays: number;
  /** What held for the year, such as `selfEmployedMainAllYear`, `authorisedActivity`, `longIncapacity`. */
  readonly attributes: readonly string[];
}

/** A contract of the person with any insurer, as it stands; one that was cancelled is left out. */
export interface ContractFacts extends ContractReference {
  /** Profession of the INAMI number it was declared under; it names the calendar. */
  readonly profession: string;
  readonly startOn: string;
  /** Last day covered. */
  readonly endOn?: string | undefined;
  /** Day on which it was first recorded. */
  readonly recordedOn: string;
}
