import { testDocument } from "./run-document.ts";

testDocument("verify-a-receipt.md");
