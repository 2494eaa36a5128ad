import { testDocument } from "./run-document.ts";

testDocument("correct-rejected-records.md");
