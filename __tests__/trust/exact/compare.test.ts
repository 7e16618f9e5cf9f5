import { compilePolicy, verdict } from "../../../src/trust/decide/decide";
import { compare, listOf } from "../../../src/trust/exact/compare";
import { EXACT_CASES } from "../../support/exact-cases";
import { pairFor, widerInSmallWorld } from "../../support/small-worlds";

describe("compare", () => {
  test.each(EXACT_CASES.map((entry) => [entry.name, entry] as const))("%s", (_, { a, b, is }) => {
    const comparison = compare(a, b);
    expect(comparison.kind).toBe(is);
    if (comparison.kind !== "wider") return;
    const { request, assumes } = comparison.witness;
    const reading = (open: string): boolean => assumes.find(({ test }) => test === open)?.holds ?? false;
    expect(verdict(compilePolicy(a), request, reading)).toBe("yes");
    for (const policy of listOf(b)) expect(verdict(compilePolicy(policy), request, reading)).toBe("no");
  });

  test("misses nothing that a search of small worlds finds, and decide confirms each request", () => {
    const counts = { wider: 0, none: 0, "cannot tell": 0 };
    for (let seed = 1; seed <= 400; seed += 1) {
      const pair = pairFor(seed);
      const comparison = compare(pair.a, pair.b);
      counts[comparison.kind] += 1;
      if (comparison.kind === "none")
        expect({ seed, request: widerInSmallWorld(pair) }).toEqual({ seed, request: null });
      if (comparison.kind !== "wider") continue;
      const { request, assumes } = comparison.witness;
      const reading = (open: string): boolean => assumes.find(({ test }) => test === open)?.holds ?? false;
      expect(verdict(compilePolicy(pair.a), request, reading)).toBe("yes");
      expect(verdict(compilePolicy(pair.b), request, reading)).toBe("no");
    }
    expect(counts.wider).toBeGreaterThan(130);
    expect(counts.none).toBeGreaterThan(130);
    expect(counts["cannot tell"]).toBeLessThan(10);
  });

  test("never takes a policy for wider than itself", () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const { a } = pairFor(seed);
      expect({ seed, is: compare(a, a).kind }).not.toEqual({ seed, is: "wider" });
    }
  });
});
