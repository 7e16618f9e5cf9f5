import { parse } from "yaml";
import { clientOf } from "../../src/client/client";
import { SECRET_REFERENCE } from "../../src/client/cluster";
import { clientTree } from "../../src/client/files";
import type { ClientPlace } from "../../src/client/places";
import type { FederationInput } from "../../src/federation";
import { readFederation } from "../../src/federation";

const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const FEDERATION = {
  name: "lakehouse",
  aws: { accountId: "111122223333", region: "us-east-1" },
  issuers: {
    production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
  },
  roles: {
    "lake-reader": { trusts: [{ issuer: "production", servicePrincipals: [READER], users: ["alice@example.com"] }] },
  },
} as const satisfies FederationInput;

const files = (place: ClientPlace) =>
  clientTree(clientOf(readFederation(FEDERATION).federation, { place }), "1.0.0").files;
const json = (place: ClientPlace, file: string) =>
  JSON.parse(files(place).get(file) ?? "null") as Readonly<Record<string, Readonly<Record<string, unknown>>>>;

describe("the compute policy", () => {
  const definition = json("cluster-policy", "cluster-policy.json")["definition"] ?? {};

  test("pins dedicated access mode and the identities the role trusts", () => {
    expect(definition["data_security_mode"]).toEqual({ type: "fixed", value: "SINGLE_USER" });
    expect(definition["single_user_name"]).toEqual({ type: "allowlist", values: [READER, "alice@example.com"] });
    expect(json("cluster-policy", "cluster-environment.json")["data_security_mode"]).toBe("SINGLE_USER");
  });

  test("forbids AWS keys, and takes secrets as references alone", () => {
    const ofType = (type: string) =>
      Object.entries(definition).filter(([, rule]) => (rule as { readonly type: string }).type === type);
    expect(
      ofType("forbidden")
        .map(([path]) => path)
        .filter((path) => /_KEY|_TOKEN|access\.key|secret\.key|session\.token/.test(path)),
    ).toHaveLength(9);
    expect(ofType("regex").map(([, rule]) => (rule as { readonly pattern: string }).pattern)).toEqual([
      SECRET_REFERENCE,
      SECRET_REFERENCE,
    ]);
  });

  test.each([
    ["{{secrets/databricks/client-secret}}", true],
    ["{{secrets/a.b@c/d_e}}", true],
    ["dose0123456789abcdef", false],
    ["{{secrets/a}}", false],
    ["{{secrets/a/b}}x", false],
    ["{{secrets/a/b}}\nx", false],
    ["{{secrets/a/b/c}}", false],
    ["", false],
  ])("the secret %j is a reference: %s", (text, good) => {
    expect(new RegExp(SECRET_REFERENCE).test(text)).toBe(good);
  });

  test("the environment it fixes is the one that goes with it", () => {
    for (const [name, value] of Object.entries(
      json("cluster-policy", "cluster-environment.json")["spark_env_vars"] ?? {},
    ))
      expect(definition[`spark_env_vars.${name}`]).toEqual({ type: "fixed", value });
  });
});

test("the bundle's job runs as the service principal, in dedicated access mode, and ships the Python it runs", () => {
  const bundle = parse(files("asset-bundle").get("databricks.yml") ?? "") as {
    readonly targets: { readonly production: object };
    readonly resources: {
      readonly jobs: Readonly<
        Record<
          string,
          {
            readonly run_as: object;
            readonly tasks: readonly [
              { readonly spark_python_task: { readonly python_file: string }; readonly job_cluster_key: string },
            ];
            readonly job_clusters: readonly [{ readonly job_cluster_key: string; readonly new_cluster: object }];
          }
        >
      >;
    };
  };
  const [job] = Object.values(bundle.resources.jobs);
  expect(job?.run_as).toEqual({ service_principal_name: READER });
  expect(bundle.targets.production).toMatchObject({ workspace: { host: "https://mycompany.cloud.databricks.com" } });
  expect(job?.job_clusters[0].new_cluster).toMatchObject({ data_security_mode: "SINGLE_USER" });
  expect(job?.tasks[0].job_cluster_key).toBe(job?.job_clusters[0].job_cluster_key);
  expect(files("asset-bundle").has((job?.tasks[0].spark_python_task.python_file ?? "").replace("./", ""))).toBe(true);
  expect(files("asset-bundle").get("src/databricks_aws_session.py")).toBe(
    files("job").get("databricks_aws_session.py"),
  );
});

describe("the workflow", () => {
  const text = files("github-actions").get("databricks-aws.yml") ?? "";
  const workflow = parse(text) as {
    readonly permissions: object;
    readonly jobs: {
      readonly aws: {
        readonly env: Readonly<Record<string, string>>;
        readonly outputs?: unknown;
        readonly steps: readonly {
          readonly uses?: string;
          readonly run?: string;
          readonly env?: unknown;
          readonly if?: string;
        }[];
      };
    };
  };
  const { steps, env, outputs } = workflow.jobs.aws;

  test("asks for an OIDC token and nothing else it could do without", () => {
    expect(workflow.permissions).toEqual({ contents: "read", "id-token": "write" });
  });

  test("runs in the environment that its federation policy names: GitHub's subject holds it", () => {
    const readme = files("github-actions").get("README.md") ?? "";
    expect(readme).toContain(
      `:environment:${String((workflow.jobs.aws as { readonly environment?: string }).environment)}"`,
    );
  });

  test("comes with both forms of GitHub's subject, and how to read the real one", () => {
    const readme = files("github-actions").get("README.md") ?? "";
    expect(readme).toContain("`repo:ORGANIZATION@ID/REPOSITORY@ID:environment:production`");
    expect(readme).toContain("`repo:ORGANIZATION/REPOSITORY:environment:production`");
    expect(readme).toContain("gh api repos/ORGANIZATION/REPOSITORY/actions/oidc/customization/sub");
  });

  test("pins every action to a commit", () => {
    const used = steps.flatMap(({ uses }) => uses ?? []);
    expect(used.length).toBeGreaterThan(0);
    for (const action of used) expect(action).toMatch(/@[0-9a-f]{40}$/);
  });

  test("names no secret, has no output, and puts no user's value into a script", () => {
    expect(text).not.toMatch(/secrets\.|GITHUB_OUTPUT|set-output|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN/);
    expect(outputs).toBeUndefined();
    for (const { run } of steps) {
      expect(run ?? "").not.toContain("${{");
      for (const value of Object.values(env).filter((word) => word.length > 12)) expect(run ?? "").not.toContain(value);
    }
  });

  test("masks each token before anything is done with it, and removes the file whatever happens", () => {
    const exchange = steps.find(({ run }) => run?.includes("add-mask") === true)?.run ?? "";
    expect(exchange.match(/::add-mask::\$(github|token)"/g)).toHaveLength(2);
    expect(exchange.indexOf("::add-mask::$token")).toBeLessThan(exchange.indexOf('>"$RUNNER_TEMP/databricks-token"'));
    expect(steps.at(-1)).toMatchObject({ if: "always()", run: 'rm -f "$RUNNER_TEMP/databricks-token"' });
  });
});
