import { testDocument } from "./run-document.ts";

testDocument("simulations.md");
