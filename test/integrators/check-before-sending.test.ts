import { testDocument } from "./run-document.ts";

testDocument("check-before-sending.md");
