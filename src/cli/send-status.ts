/** How `infoss send` ends, beside 0 (all records accepted), 1 (not sent) and 2 (not understood). */
export const SEND_STATUS = { accepted: 0, partly: 3, refused: 4, notAnswered: 5, held: 6 } as const;
