import { testDocument } from "./run-document.ts";

testDocument("readiness.md");
