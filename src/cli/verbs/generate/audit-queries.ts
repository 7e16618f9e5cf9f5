/** `generate audit-queries`: Spark SQL that audits a trail of any size in a Databricks notebook. */
import { version } from "../../../../package.json";
import { readSource } from "../../federation-source";
import { FLAGS, flags } from "../../flags";
import { verb } from "../../verb";
import { readDays } from "../../trail";

export default verb({
  about: "A Databricks notebook in SQL that audits a trail too large for one machine",
  flags: {
    ...flags("config", "plan", "table", "days"),
    out: { ...FLAGS.out, required: true, about: "Folder for audit.sql" },
    ...flags("check", "json"),
  },
  exclusive: [["config", "plan"]],
  words: {
    name: "TRAIL",
    required: true,
    about: "Where the trail is, as Spark names it, like s3://acme-trail/AWSLogs",
  },
  examples: [["$0 generate audit-queries s3://acme-trail --out audit", "audit.sql, to import into Databricks"]],
  run: async (options, { words: [trail = ""] }) => {
    const [{ auditQueries }, { deliver }, { federation }] = await Promise.all([
      import("../../../audit/queries"),
      import("./deliver"),
      readSource(options),
    ]);
    const { table, days } = options;
    const tree = auditQueries(federation, { trail, table, days: readDays(days), version });
    return deliver(options.out, tree, options);
  },
});
