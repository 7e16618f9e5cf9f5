/** Reports of which every text is hostile to the page that shows it. */
import type { ReportView } from "../../src/report/view";

export const HOSTILE = [
  "<script>alert(1)</script>",
  "</script><script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  "</title><svg onload=alert(1)>",
  "</style><style>*{display:none}",
  "<!--",
  "]]>",
  "&lt;b&gt;",
  "javascript:alert(1)",
  "`${alert(1)}`",
  "\u202egnp.exe",
  "\u0000\u0007",
  "a\nb",
  "\u2028",
  "\ud800",
  "%%{init: {}}%%",
  'end"] --> x',
  "#quot;",
  '\\"',
];

/** Long enough to be cut in the graph, whatever stands before it. */
const PADDING = "padding-".repeat(8);

/** A view in which every text begins with `start`: more hostile than any federation file may be. */
export function viewOf(start: string): ReportView {
  const text = `${start}${PADDING}`;
  const finding = {
    rule: text,
    severity: "error",
    message: text,
    fix: text,
    path: text,
    ignored: null,
    statement: 0,
  } as const;
  const calls = {
    roleArn: text,
    role: text,
    issuer: text,
    issuerKey: text,
    audience: text,
    subject: text,
    names: [text],
    count: 1,
    first: text,
    last: text,
    sourceIps: [text],
  } as const;
  return {
    name: text,
    made: text,
    accounts: [{ key: text, accountId: text }],
    issuers: [
      {
        key: text,
        issuer: text,
        level: "workspace",
        cloud: text,
        audiences: [text],
        discoveryUrl: text,
        adopted: false,
        findings: [finding],
      },
    ],
    roles: [
      {
        key: text,
        name: text,
        arn: text,
        description: text,
        accounts: [text],
        session: text,
        permissions: {
          managedPolicyArns: [text],
          inlinePolicies: [
            {
              name: text,
              statements: [
                {
                  effect: text,
                  actions: [text],
                  notActions: [text],
                  resources: [text],
                  notResources: [text],
                  conditions: [text],
                },
              ],
            },
          ],
          permissionsBoundaryArn: text,
        },
        trustPolicy: {
          Version: "2012-10-17",
          Statement: [
            {
              Action: [text],
              Condition: { [text]: { [text]: [text] } },
              Effect: "Allow",
              Principal: { Federated: [text] },
            },
          ],
        },
        callers: [{ says: text, statement: 0, words: [text, { text, identity: 0 }] }],
        unsure: text,
        widePatterns: [{ pattern: text, reason: text }],
        findings: [finding, { ...finding, ignored: text }],
      },
    ],
    identities: [
      { id: 0, kind: "user", who: text, names: [text], issuer: text, ofSeveralIssuers: true, secret: "never" },
    ],
    reaches: [
      {
        identity: 0,
        role: text,
        trust: text,
        statement: 0,
        audiences: [text],
        conditions: [text],
        seen: { count: 2, last: text },
      },
    ],
    findings: [finding],
    trail: {
      coverage: {
        accounts: [{ accountId: text, regions: [text], days: 1, first: text, last: text, records: 1, readDays: 1 }],
        from: text,
        to: text,
        gaps: [text],
      },
      uses: [{ ...calls, undeclared: text, byThumbprint: 1 }],
      refusals: [{ ...calls, error: text, message: text, reason: text, fix: text }],
      unseen: {
        roles: [`other ${text}`],
        identities: [{ role: text, issuer: text, subject: text, names: [text], name: text, trust: 0, field: "users" }],
      },
      services: [{ role: text, service: text, count: 1, first: text, last: text }],
      trail: { files: 1, bytes: 1, records: 1, repeated: 0, broken: 0, damaged: [{ file: text, why: text }] },
    },
  };
}
