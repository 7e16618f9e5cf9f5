/** One comment on a pull request, which later runs update: found by a mark in its first line, and by who wrote it. */
import { outsideError } from "../../src/errors";
import { request } from "../../src/network/request";

export interface CommentPlace {
  /** GITHUB_API_URL. */
  readonly api: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly number: number;
  readonly token: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Comment {
  /** One line: an HTML comment, which GitHub does not show. */
  readonly mark: string;
  /** Markdown. */
  readonly body: string;
  /** Whether to write one where there is none yet. */
  readonly create: boolean;
}

/** The author of what is written with a workflow's token. */
const AUTHOR = "github-actions[bot]";
const PER_PAGE = 100;
const MOST_PAGES = 100;
const MAX_BYTES = 32 * 1024 * 1024;

/**
 * Updates the comment, or writes it. `not allowed`: the token may not, which is so for Dependabot's pull requests and
 * where the workflow does not say `pull-requests: write`. A comment with the same mark by anyone else is left alone:
 * its author could change what it says. Throws OutsideError `response-status`, and those of `request`.
 */
export async function putComment(
  place: CommentPlace,
  { mark, body, create }: Comment,
): Promise<"written" | "updated" | "not needed" | "not allowed"> {
  const comments = `issues/${place.number}/comments`;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { status, json } = await call(place, "GET", `${comments}?per_page=${PER_PAGE}&page=${page}`);
    if (isRefusal(status)) return "not allowed";
    const listed = (Array.isArray(json) ? json : []) as readonly {
      readonly id?: unknown;
      readonly body?: unknown;
      readonly user?: { readonly login?: unknown; readonly type?: unknown } | null;
    }[];
    const own = listed.find(
      (comment) =>
        comment.user?.login === AUTHOR &&
        comment.user.type === "Bot" &&
        Number.isSafeInteger(comment.id) &&
        String(comment.body).split(/\r?\n/, 1)[0] === mark,
    );
    if (own !== undefined) {
      const answer = await call(place, "PATCH", `issues/comments/${Number(own.id)}`, `${mark}\n${body}`);
      return isRefusal(answer.status) ? "not allowed" : "updated";
    }
    if (listed.length < PER_PAGE) break;
  }
  if (!create) return "not needed";
  const answer = await call(place, "POST", comments, `${mark}\n${body}`);
  return isRefusal(answer.status) ? "not allowed" : "written";
}

function isRefusal(status: number): boolean {
  return status === 401 || status === 403 || status === 404;
}

async function call(
  { api, repository, token, env }: CommentPlace,
  method: "GET" | "POST" | "PATCH",
  path: string,
  body?: string,
): Promise<{ readonly status: number; readonly json: unknown }> {
  const url = new URL(`${api.replace(/\/$/, "")}/repos/${repository}/${path}`);
  const { status, body: bytes } = await request(url, {
    method,
    env,
    maxBytes: MAX_BYTES,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "user-agent": "databricks-aws-oidc",
      "x-github-api-version": "2022-11-28",
    },
    ...(body === undefined ? {} : { body: JSON.stringify({ body }) }),
  });
  if (isRefusal(status)) return { status, json: null };
  if (status < 200 || status > 299)
    throw outsideError(
      "response-status",
      `GitHub answered ${status} to ${method} ${path.split("?", 1)[0] ?? ""}.`,
      "Run the job again; the result is in the job's summary.",
    );
  try {
    return { status, json: JSON.parse(bytes.toString("utf8")) as unknown };
  } catch {
    throw outsideError("response-not-json", "GitHub answered with something that is not JSON.", "Run the job again.");
  }
}
