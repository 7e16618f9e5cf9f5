/** Audits a trail of 5 GB (uncompressed) beside `zcat | wc -c`. Needs `dist/` (the runner builds it). */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Row, runOnce } from "./measure";
import type { Members } from "../src/text/members";

const FILES = 100;
const FILE_BYTES = 50e6;

/** One record in a hundred is of a federation's role; the others are what an account with a lake has most of. */
function record(serial: number): Members {
  const time = new Date(1_767_225_600_000 + serial * 1000).toISOString().replace(/\.\d+/, "");
  const arn = `arn:aws:iam::111122223333:role/${serial % 100 === 0 ? "lake-reader" : `other-${serial % 97}`}`;
  return {
    eventVersion: "1.10",
    userIdentity: {
      type: "AssumedRole",
      principalId: `AROAEXAMPLE:${serial}`,
      arn: `arn:aws:sts::111122223333:assumed-role/x/${serial}`,
      accountId: "111122223333",
      sessionContext: {
        sessionIssuer: { type: "Role", arn, accountId: "111122223333" },
        attributes: { creationDate: time },
      },
    },
    eventTime: time,
    eventSource: "s3.amazonaws.com",
    eventName: "GetObject",
    awsRegion: "us-east-1",
    sourceIPAddress: `203.0.113.${serial % 250}`,
    userAgent: "[aws-sdk-java/1.12.0 Linux/5.10 OpenJDK_64-Bit_Server_VM]",
    requestParameters: { bucketName: "lake", key: `table/day=${serial % 365}/part-${serial}.parquet` },
    responseElements: null,
    additionalEventData: {
      SignatureVersion: "SigV4",
      bytesTransferredOut: serial * 7919,
      "x-amz-id-2": `${serial * 104729}`,
    },
    requestID: `R${serial}`,
    eventID: `FILE-${serial}`,
    readOnly: true,
    resources: [{ type: "AWS::S3::Object", ARN: `arn:aws:s3:::lake/table/part-${serial}.parquet` }],
    eventType: "AwsApiCall",
    managementEvent: false,
    recipientAccountId: "111122223333",
    eventCategory: "Data",
    tlsDetails: { tlsVersion: "TLSv1.3", clientProvidedHostHeader: "lake.s3.us-east-1.amazonaws.com" },
  };
}

function writeTrail(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const records: string[] = [];
  for (let bytes = 0, serial = 0; bytes < FILE_BYTES; serial += 1) {
    const text = JSON.stringify(record(serial));
    records.push(text);
    bytes += text.length + 1;
  }
  const text = `{"Records":[${records.join(",")}]}`;
  for (let file = 0; file < FILES; file += 1)
    writeFileSync(join(folder, `${file}.json.gz`), gzipSync(text.replaceAll('"FILE-', `"${file}-`), { level: 6 }));
}

export async function audit(scratch: string): Promise<readonly Row[]> {
  const folder = join(scratch, "trail");
  writeTrail(folder);
  const cli = join(__dirname, "..", "dist", "cli.js");
  const federation = join(__dirname, "..", "federation.yaml");
  const audited = await runOnce({
    program: process.execPath,
    args: [cli, "audit", folder, "--config", federation, "--json"],
    accept: [0, 1],
  });
  const read = await runOnce({ program: "bash", args: ["-c", 'zcat "$0"/*.gz | wc -c', folder] });
  return [
    {
      what: "`audit` of 5 GB of CloudTrail in 100 files",
      peer: "`zcat | wc -c`",
      ours: audited.seconds,
      theirs: read.seconds,
      unit: "s",
      reach: "at most 2 times",
      reached: audited.seconds <= 2 * read.seconds,
    },
    {
      what: "its memory",
      peer: "",
      ours: audited.megabytes,
      theirs: null,
      unit: "MB",
      reach: "under 300 MB",
      reached: audited.megabytes < 300,
    },
  ];
}
