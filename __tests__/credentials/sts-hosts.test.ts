/** Which host a token leaves for: the role's partition and region, and nowhere a server points to. */
import type { IncomingMessage } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { assumeRole } from "../../src/credentials/assume";
import { stsRegion } from "../../src/aws/hosts";
import { secret } from "../../src/text/secret";
import { fakeToken, stsCredentials } from "../support/fake-aws";
import { startFaultServer } from "../support/fault-server";

/** What was asked of the proxy: `CONNECT host:port`, and the headers, which are all it may see. */
async function askedOfProxy(
  partition: string,
  region: string | null,
): Promise<{ readonly targets: readonly string[]; readonly seen: string }> {
  const targets: string[] = [];
  let seen = "";
  const proxy = createServer();
  proxy.on("connect", (request: IncomingMessage, socket) => {
    targets.push(request.url ?? "");
    seen += JSON.stringify([request.url, request.headers]);
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  try {
    await expect(
      assumeRole({
        token: secret(fakeToken()),
        roleArn: `arn:${partition}:iam::111122223333:role/lake-reader`,
        sessionName: "me",
        region: stsRegion(partition, [region]),
        timeoutMs: 3000,
        env: { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` },
      }),
    ).rejects.toMatchObject({ code: "proxy-refused" });
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
  return { targets, seen };
}

test.each([
  ["aws", null, "sts.us-east-1.amazonaws.com:443"],
  ["aws", "eu-central-1", "sts.eu-central-1.amazonaws.com:443"],
  ["aws-us-gov", null, "sts.us-gov-west-1.amazonaws.com:443"],
  ["aws-us-gov", "us-gov-east-1", "sts.us-gov-east-1.amazonaws.com:443"],
  ["aws-cn", null, "sts.cn-north-1.amazonaws.com.cn:443"],
  ["aws-cn", "cn-northwest-1", "sts.cn-northwest-1.amazonaws.com.cn:443"],
])("a role of %s in region %s is asked for at %s, and a proxy sees no token", async (partition, region, host) => {
  const { targets, seen } = await askedOfProxy(partition, region);
  expect(targets).toEqual([host]);
  expect(seen).not.toMatch(/eyJ|UExBTlRFRA/);
});

test.each([301, 302, 303, 307, 308])("a redirect (%d) is not followed with a token", async (status) => {
  const elsewhere = await startFaultServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/xml" }).end(stsCredentials(1, Date.now()));
  });
  const sts = await startFaultServer((_request, response) => {
    response.writeHead(status, { location: `${elsewhere.origin}/` }).end();
  });
  try {
    await expect(
      assumeRole({
        token: secret(fakeToken()),
        roleArn: "arn:aws:iam::111122223333:role/lake-reader",
        sessionName: "me",
        region: "us-east-1",
        env: { AWS_ENDPOINT_URL_STS: sts.origin },
        timeoutMs: 3000,
      }),
    ).rejects.toMatchObject({ code: expect.stringMatching(/^aws-(?:refused|answer-unreadable)$/) as string });
    expect([sts.received.length, elsewhere.received.length]).toEqual([1, 0]);
  } finally {
    await Promise.all([sts.stop(), elsewhere.stop()]);
  }
});
