import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { findNginx } from "./found-programs";
import { temporaryFolder } from "./temporary-folder";

export interface Nginx {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  /** What it wrote of requests and errors. */
  readonly log: string;
  readonly stop: () => Promise<void>;
}

/** PEM files. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** nginx with TLS on loopback, for the folder `root`, with `include` (a file of rules) in its server block. */
export async function startNginx(root: string, include: string, { cert, key }: CertificateFiles): Promise<Nginx> {
  const folder = temporaryFolder("nginx");
  const port = await freePort();
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `  ${kind}_temp_path ${folder}/${kind};`)
    .join("\n");
  // one process under our own user: the test's folders are nobody else's to read
  writeFileSync(
    join(folder, "nginx.conf"),
    `
daemon off;
master_process off;
pid ${folder}/pid;
error_log ${folder}/log warn;
events { worker_connections 64; }
http {
  types { text/html html; application/json json; }
  default_type application/octet-stream;
  access_log ${folder}/log;
${temporary}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${cert};
    ssl_certificate_key ${key};
    root ${root};
    include ${include};
  }
}
`,
  );
  const child = spawn(findNginx() ?? "nginx", ["-c", join(folder, "nginx.conf"), "-p", folder], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString("utf8");
  });
  const killAtExit = () => child.kill("SIGKILL");
  process.once("exit", killAtExit);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  for (let tried = 0; !(await listens(port)); tried += 1) {
    if (child.exitCode !== null || tried > 100) throw new Error(`nginx did not start: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    host: `127.0.0.1:${port}`,
    log: join(folder, "log"),
    stop: async () => {
      process.removeListener("exit", killAtExit);
      child.kill("SIGTERM");
      await ended;
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
