import { testDocument } from "./run-document.ts";

testDocument("self-test.md");
