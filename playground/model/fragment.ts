/** What the page shows, as the fragment of its address: a browser sends that part to no server. Pure. */
import { claimsText, withoutTokens } from "./without-tokens";

/** The tabs, and the fields of each by name. */
export const TABS = {
  issuer: [
    "workspace",
    "workspace-id",
    "unified-login",
    "account-id",
    "aws-account-id",
    "partition",
    "subject",
    "custom-host",
  ],
  decide: ["policy", "claims", "provider-url", "client-id", "context"],
  who: ["document"],
  federation: ["file"],
} as const;

export type Tab = keyof typeof TABS;

export interface PageState {
  readonly tab: Tab;
  /** Fields of the tab by name. */
  readonly fields: Readonly<Record<string, string>>;
}

/** More than this is not put into a link: mail programs and chats cut long addresses. */
export const MAX_FRAGMENT_CHARACTERS = 32_000;

/** `text` of the field `name` as it may be kept: without tokens. */
export function cleanField(name: string, text: string): ReturnType<typeof withoutTokens> {
  return name === "claims" ? claimsText(text) : withoutTokens(text);
}

/** The fragment of `state`, without `#`; null where it would be too long. No token is ever in it. */
export function fragmentOf({ tab, fields }: PageState): string | null {
  const known: readonly string[] = TABS[tab];
  const query = new URLSearchParams(
    Object.entries(fields)
      .filter(([name, text]) => known.includes(name) && text !== "")
      .map(([name, text]) => [name, cleanField(name, text).text]),
  ).toString();
  const fragment = query === "" ? tab : `${tab}?${query}`;
  return fragment.length > MAX_FRAGMENT_CHARACTERS ? null : fragment;
}

/** The state in a fragment (with or without `#`): known tabs and fields only, without tokens; undefined: no tab. */
export function readFragment(fragment: string): PageState | undefined {
  if (fragment.length > MAX_FRAGMENT_CHARACTERS + 1) return undefined;
  const [name = "", query = ""] = splitOnce(fragment.replace(/^#/, ""), "?");
  const tab = (Object.keys(TABS) as Tab[]).find((known) => known === name);
  if (tab === undefined) return undefined;
  const values = new URLSearchParams(query);
  return {
    tab,
    fields: Object.fromEntries(
      TABS[tab].flatMap((field) => {
        const text = values.get(field);
        return text === null ? [] : [[field, cleanField(field, text).text] as const];
      }),
    ),
  };
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
