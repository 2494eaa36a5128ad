import { testDocument } from "./run-document.ts";

testDocument("client-library.md");
