import { testDocument } from "./run-document.ts";

testDocument("follow-the-feed.md");
