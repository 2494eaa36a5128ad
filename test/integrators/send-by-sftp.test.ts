import { skipWithout } from "../sftp/installed.ts";
import { testDocument } from "./run-document.ts";

testDocument("send-by-sftp.md", { skip: skipWithout("sftp") });
