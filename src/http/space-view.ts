import { type Static, Type } from "typebox";
import { INSURER_PHASES } from "../identity/identity-kinds.ts";
import type { AccountSpace } from "../spaces/space-queries.ts";
import { API_ROOT } from "./paths.ts";
import { Count, Href, Instant, oneOf } from "./schema-parts.ts";

export const SPACE_PATH = `${API_ROOT}/space`;

/** The space as it is seen by its client and by operators. */
export interface SeenSpace extends AccountSpace {
  /** Its business day. */
  readonly today: string;
}

export const spaceFields = {
  enterpriseNumber: Type.String({
    pattern: "^\\d{10}$",
    description: "Of the insurer that is yours: `sender` of your files. Another one after each reset.",
  }),
  name: Type.String(),
  clientId: Type.String(),
  phase: oneOf(INSURER_PHASES, "`loading`: its initial load is open. `live`: deltas and single calls run."),
  numberGroup: Type.String({
    pattern: "^\\d{3}$",
    description: "Second to fourth digit of the INAMI numbers that are yours alone. Another one after each reset.",
  }),
  businessDate: Type.String({ format: "date", description: "Today, for contracts and premium years of this space." }),
  sftpAccount: Type.Optional(Type.String({ description: "User of your SFTP account; absent: you sent no SSH key." })),
  admittedAt: Instant,
  madeAt: Type.String({ format: "date-time", description: "Of this space: the admission or the last reset." }),
  expiresAt: Type.String({
    format: "date-time",
    description: "From then on nothing is answered. Ask for admission again with the same key, and it lasts longer.",
  }),
};

export const SpaceSchema = Type.Object(
  {
    self: Href,
    ...spaceFields,
    contractCount: Count,
    nextSequence: Type.Integer({ minimum: 1, description: "Of your next delta." }),
  },
  { $id: "Space", description: "An insurer that is yours alone, in validation." },
);
export type SpaceView = Static<typeof SpaceSchema>;

export const EXAMPLE_SPACE: SeenSpace = {
  accountId: "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7c40",
  clientId: "space-h4kq7m2xwd",
  name: "Synthetic Integrator",
  insurerId: 7,
  enterpriseNumber: "0990012385",
  phase: "live",
  numberGroup: 17,
  businessDaysAhead: 0,
  accountName: "space-h4kq7m2xwd",
  admittedAt: new Date("2026-11-22T09:00:00.000Z"),
  madeAt: new Date("2026-11-22T09:00:03.000Z"),
  expiresAt: new Date("2027-02-20T09:00:00.000Z"),
  today: "2026-11-22",
};

/** What its rows tell besides. */
export interface SpaceCounts {
  readonly contractCount: number;
  readonly nextSequence: number;
}

export function viewSpace(space: SeenSpace, counts: SpaceCounts): SpaceView {
  return { self: SPACE_PATH, ...viewSpaceFields(space), ...counts };
}

export function viewSpaceFields(space: SeenSpace) {
  const { enterpriseNumber, name, clientId, phase, numberGroup, today, accountName } = space;
  return {
    enterpriseNumber,
    name,
    clientId,
    phase,
    numberGroup: String(numberGroup).padStart(3, "0"),
    businessDate: today,
    ...(accountName !== null && { sftpAccount: accountName }),
    admittedAt: space.admittedAt.toISOString(),
    madeAt: space.madeAt.toISOString(),
    expiresAt: space.expiresAt.toISOString(),
  };
}
