/** SIGKILLs that each file of this folder makes at least, so that a run of `npm test` makes no fewer than 60. */
export const KILLS = {
  "process-steps": 16,
  "delta-steps": 7,
  "receive-steps": 8,
  "random-kills": 35,
  "first-start": 4,
  quarantine: 8,
  "sftp-random-kills": 15,
} as const;

export const KILLS_IN_ALL = 60;
