import { CONTRACT_CASES } from "./contract-cases.ts";
import { DENTIST_CASES } from "./dentist-cases.ts";
import { DOCTOR_CASES } from "./doctor-cases.ts";
import { JOINING_CASES } from "./joining-cases.ts";
import { MIDWIFE_CASES, NURSE_CASES } from "./nurse-and-midwife-cases.ts";
import { PERSON_CASES } from "./person-cases.ts";
import { PHARMACIST_CASES } from "./pharmacist-cases.ts";
import { PHYSIOTHERAPIST_CASES } from "./physiotherapist-cases.ts";
import { SPEECH_THERAPIST_CASES } from "./speech-therapist-cases.ts";
import type { WorkedCase } from "./worked-case.ts";

/** The table of worked cases: expectations as people typed them, with where each comes from. */
export const WORKED_CASES: readonly WorkedCase[] = [
  ...DOCTOR_CASES,
  ...DENTIST_CASES,
  ...PHARMACIST_CASES,
  ...PHYSIOTHERAPIST_CASES,
  ...SPEECH_THERAPIST_CASES,
  ...NURSE_CASES,
  ...MIDWIFE_CASES,
  ...JOINING_CASES,
  ...PERSON_CASES,
  ...CONTRACT_CASES,
];
