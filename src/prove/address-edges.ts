/**
 * The addresses at which a CIDR block begins and ends, and those next to it: for forged requests, which are a trial
 * apart from the exact engine, and so are not made by it. Pure.
 */
import { addressBits } from "../trust/decide/values";

export interface AddressEdges {
  /** First and last address of the block. */
  readonly inside: readonly string[];
  /** The addresses next to them outside it, where there are any. */
  readonly outside: readonly string[];
}

/** The edges of `block` (v4 or v6, with or without a prefix); null where it does not read. */
export function addressEdges(block: string): AddressEdges | null {
  const [, address = "", prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(block) ?? [];
  const bits = addressBits(address);
  if (bits === null || Number(prefix ?? 0) > bits.length) return null;
  const span = 1n << BigInt(bits.length - Number(prefix ?? bits.length));
  const value = BigInt(`0b${bits}`);
  const first = value - (value % span);
  const written = (edges: readonly bigint[]): readonly string[] =>
    edges
      .filter((edge) => edge >= 0n && edge < 1n << BigInt(bits.length))
      .map((edge) => addressText(edge, bits.length));
  return { inside: written([first, first + span - 1n]), outside: written([first - 1n, first + span]) };
}

function addressText(value: bigint, bits: number): string {
  const [size, separator, radix] = bits === 32 ? ([8, ".", 10] as const) : ([16, ":", 16] as const);
  return Array.from({ length: bits / size }, (_, part) =>
    ((value >> BigInt(bits - size * (part + 1))) & ((1n << BigInt(size)) - 1n)).toString(radix),
  ).join(separator);
}
