import { testDocument } from "./run-document.ts";

testDocument("send-a-delta.md");
