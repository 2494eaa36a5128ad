import { testDocument } from "./run-document.ts";

testDocument("verify-numbers.md");
