import { testDocument } from "./run-document.ts";

testDocument("first-hour.md");
