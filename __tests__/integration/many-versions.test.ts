/** Two hundred versions: publishing one more does as much work as the first time, counted, not timed. */
import { planPublication } from "../../src/registry/tree/plan";
import { smallRelease } from "../support/release";

const files = new Map<string, Buffer>();

interface Work {
  readonly reads: number;
  readonly archivesRead: number;
  readonly writes: number;
  readonly bytesWritten: number;
}

async function publish(version: string): Promise<Work> {
  const reads: string[] = [];
  const { added, replaced } = await planPublication(
    await smallRelease(version, { names: ["one-role"] }),
    { namespace: "acme" },
    async (path) => {
      reads.push(path);
      return files.get(path);
    },
  );
  const written = [
    ...[...added].flatMap(([folder, content]) =>
      [...content].map(([name, bytes]) => [`${folder}/${name}`, bytes] as const),
    ),
    ...replaced,
  ];
  for (const [path, bytes] of written) files.set(path, bytes);
  return {
    reads: reads.length,
    archivesRead: reads.filter((path) => path.endsWith(".tar.gz")).length,
    writes: written.length,
    bytesWritten: written.reduce((sum, [, bytes]) => sum + bytes.length, 0),
  };
}

test(
  "the 201st version reads no archive, and no more files than the first; lists grow by a line or two a " + "version",
  async () => {
    const first = await publish("1.0.0");
    const second = await publish("1.0.1");
    for (let index = 2; index < 200; index += 1) await publish(`1.${Math.floor(index / 10)}.${index % 10}`);
    const last = await publish("1.99.0");
    expect(last.reads).toBeLessThanOrEqual(first.reads);
    expect(last.archivesRead).toBe(0);
    expect(last.writes).toBeLessThanOrEqual(first.writes);
    expect((last.bytesWritten - second.bytesWritten) / 199).toBeLessThan(600);
  },
);
