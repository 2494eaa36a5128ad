import { testDocument } from "./run-document.ts";

testDocument("rotate-a-certificate.md");
