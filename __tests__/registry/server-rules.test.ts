import { runInNewContext } from "node:vm";
import { serverRules } from "../../src/registry/tree/server-rules";
import { readSite, UNKNOWN_SITE } from "../../src/registry/tree/site";

const below = readSite("https://acme.example/terraform.v1");

describe.each([
  ["at the root", UNKNOWN_SITE, ""],
  ["below a path", below, "/terraform.v1"],
])("server rules of a registry %s", (_where, site, base) => {
  const rules = new Map([...serverRules(site)].map(([path, bytes]) => [path, bytes.toString("utf8")]));

  /** What the CloudFront function makes of a response to `uri`. */
  function throughCloudFront(uri: string): Readonly<Record<string, { readonly value: string }>> {
    const response = { headers: { "content-type": { value: "binary/octet-stream" } } };
    const answer = runInNewContext(`${rules.get("server-rules/cloudfront-function.js") ?? ""}; handler(event)`, {
      event: { request: { uri }, response },
    }) as typeof response;
    return answer.headers;
  }

  test("the CloudFront function adds Terraform's header to downloads, and to nothing else", () => {
    expect(throughCloudFront(`${base}/v1/modules/acme/x/aws/1.0.0/download`)).toEqual({
      "content-type": { value: "application/json" },
      "x-terraform-get": { value: "./module.tar.gz" },
    });
    expect(throughCloudFront(`${base}/v1/modules/acme/x/aws/versions`)).toEqual({
      "content-type": { value: "application/json" },
    });
    for (const uri of [
      "/",
      `${base}/v1/modules/acme/x/aws/1.0.0/module.tar.gz`,
      `${base}/v1/modules/acme/x/aws/1.0.0/x/download`,
      `/x${base}/v1/modules/acme/x/aws/1.0.0/download`,
    ]) {
      expect(throughCloudFront(uri)).toEqual({ "content-type": { value: "binary/octet-stream" } });
    }
  });

  test("a dot in the path is a dot", () => {
    if (base !== "")
      expect(Object.keys(throughCloudFront("/terraformXv1/v1/modules/acme/x/aws/1.0.0/download"))).toEqual([
        "content-type",
      ]);
  });

  test("_headers keeps to what Cloudflare and Netlify take: rules from the start of a line, indented headers", () => {
    const lines = (rules.get("_headers") ?? "").split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines.filter((line) => !/^(?:\/\S*| {2}[A-Za-z-]+: \S.*)$/.test(line))).toEqual([]);
    expect(lines[0]).toBe(`${base}/v1/modules/:namespace/:name/:system/:version/download`);
    expect(lines).toContain("  X-Terraform-Get: ./module.tar.gz");
  });

  test("GitHub Pages is reported to keep the discovery document, and the notes say what it cannot do", () => {
    expect(rules.get(".nojekyll")).toBe("");
    expect(rules.get("server-rules/README.md")).toMatch(/GitHub Pages.*OpenTofu works, Terraform does not/);
  });
});
