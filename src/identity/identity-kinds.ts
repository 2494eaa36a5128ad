// Apart from the tables, so that the command line does not load the library of tables for two lists of words.

export const INSURER_PHASES = ["access", "loading", "live", "suspended"] as const;
export type InsurerPhase = (typeof INSURER_PHASES)[number];

export const CLIENT_KINDS = ["insurer", "serviceProvider", "operator"] as const;
export type ClientKind = (typeof CLIENT_KINDS)[number];
