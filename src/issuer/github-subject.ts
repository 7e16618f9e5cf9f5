/** The two forms of a subject of GitHub Actions. Pure. */

/**
 * `subject` in the form without numeric IDs (`repo:OWNER/REPO:…`); null where it is not one of GitHub's. Repositories
 * created, renamed or moved since 2026-07-15 have `repo:OWNER@ID/REPO@ID:…`, so that a name that is used again is not
 * the same subject (docs.github.com, OpenID Connect reference).
 */
export function plainGithubSubject(subject: string): string | null {
  const [, owner, repository, rest = ""] = /^repo:([^/@:]+)(?:@\d+)?\/([^/@:]+)(?:@\d+)?(:.*)?$/s.exec(subject) ?? [];
  return owner === undefined || repository === undefined ? null : `repo:${owner}/${repository}${rest}`;
}

/** Whether the two subjects differ in nothing but GitHub's form, so that one was probably meant by the other. */
export function isOtherGithubForm(subject: string, other: string): boolean {
  const plain = plainGithubSubject(subject);
  return subject !== other && plain !== null && plain === plainGithubSubject(other);
}
