/** Options of `serve`, as typed. */
import { InputError } from "../../errors";
import { readText } from "../../files/read-file";
import { quoted } from "../../text/text-rule";

/** Throws InputError usage. */
export function readPort(text: string): number {
  if (/^[0-9]{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InputError({
    code: "usage",
    message: `${quoted(text)} is not a valid port.`,
    path: "--port",
    fix: "Give a number from 1 to 65535, or 0 for a free port.",
  });
}

/** Both or neither. Throws InputError tls-invalid, OutsideError file-not-found, file-unreadable. */
export function readTls(
  cert: string | undefined,
  key: string | undefined,
): { readonly cert: string; readonly key: string } | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new InputError({
      code: "tls-invalid",
      message: "A certificate needs its key, and a key its certificate.",
      path: cert === undefined ? "--tls-cert" : "--tls-key",
      fix: "Give both --tls-cert and --tls-key.",
    });
  }
  const fix = "Name a PEM file that you may read.";
  return { cert: readText(cert, fix), key: readText(key, fix) };
}
