import { testDocument } from "./run-document.ts";

testDocument("follow-by-webhook.md");
