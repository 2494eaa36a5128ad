import { skipWithout } from "../sftp/installed.ts";
import { testDocument } from "./run-document.ts";

testDocument("spaces.md", { skip: skipWithout("sftp") });
