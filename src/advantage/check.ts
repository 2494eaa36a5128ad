import type { Rule, Seen, Verdict } from "./rule.ts";

/** One condition as an operator reads it: what was looked at, what was asked, and the rules that asked. */
export interface Check {
  readonly rule: string;
  /** What it was applied to: a profession, a level, a contract; absent for the person. */
  readonly about?: string;
  readonly seen: Seen;
  readonly bound: Seen;
  /** Absent: what is known does not tell. */
  readonly passed: boolean | undefined;
  readonly rulesVersion: number;
}

/** Applies rules and keeps what they saw, in the order in which they were applied. */
export class Checks {
  readonly list: Check[] = [];
  readonly #rulesVersion: number;

  constructor(rulesVersion: number) {
    this.#rulesVersion = rulesVersion;
  }

  apply<Subject, Value>(rule: Rule<Subject, Value>, subject: Subject, about?: string): Verdict<Value> {
    const verdict = rule.apply(subject);
    const { seen, bound, passed } = verdict;
    const rulesVersion = this.#rulesVersion;
    // Written out: a spread here would be half of the time of an evaluation.
    this.list.push(
      about === undefined
        ? { rule: rule.name, seen, bound, passed, rulesVersion }
        : { rule: rule.name, about, seen, bound, passed, rulesVersion },
    );
    return verdict;
  }
}
