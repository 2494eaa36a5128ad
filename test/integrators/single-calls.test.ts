import { testDocument } from "./run-document.ts";

testDocument("single-calls.md");
