/** `generate`: what is written from one source. One file a sub-command. */
import type { VerbGroup } from "../verb";
import auditQueries from "./generate/audit-queries";
import client from "./generate/client";
import guardrails from "./generate/guardrails";
import modules from "./generate/modules";
import root from "./generate/root";
import runbook from "./generate/runbook";
import schema from "./generate/schema";

export default {
  verbs: { modules, root, client, guardrails, "audit-queries": auditQueries, runbook, schema },
} satisfies VerbGroup;
