/** The day it is for the business: contracts, cut-offs, premium years. Recorded instants use the real clock instead. */
export interface BusinessClock {
  /** Today in Brussels, `yyyy-mm-dd`. */
  today(): string;
}

/** The same, where insurers of validation have days of their own. */
export interface InsurersClock extends BusinessClock {
  /** Today for that insurer: of a space that was moved ahead, a later day. */
  todayOf(insurerId: number): Promise<string>;
}

const TIME_ZONE = "Europe/Brussels";

/** Makes the clock of a process; validation may run ahead or behind by `offset` (calendar days, months, hours …). */
export function createBusinessClock(
  offset: Temporal.DurationLike = { days: 0 },
  now: () => Temporal.Instant = Temporal.Now.instant,
): InsurersClock {
  const shift = Temporal.Duration.from(offset);
  let second: number | undefined;
  let day = "";
  return sameForAll({
    today() {
      const instant = now();
      // Asked with every request, and a day begins with a whole second.
      const current = Math.floor(instant.epochMilliseconds / 1000);
      if (current !== second) {
        day = instant.toZonedDateTimeISO(TIME_ZONE).add(shift).toPlainDate().toString();
        second = current;
      }
      return day;
    },
  });
}

/** Makes a clock that stands still on `today` (`yyyy-mm-dd`); throws RangeError when there is no such day. */
export function createFixedBusinessClock(today: string): InsurersClock {
  const day = Temporal.PlainDate.from(today, { overflow: "reject" }).toString();
  return sameForAll({ today: () => day });
}

/** One day for everybody, as in production. */
export function sameForAll(clock: BusinessClock): InsurersClock {
  return { today: () => clock.today(), todayOf: async () => clock.today() };
}
