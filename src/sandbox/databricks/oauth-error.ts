/** A refusal in OAuth's own form (RFC 6749, section 5.2), with its reason for the person who runs the sandbox. */
import { jsonReply, type Reply } from "../exchange";

export type OauthCode =
  | "invalid_request"
  | "invalid_client"
  | "invalid_grant"
  | "unauthorized_client"
  | "unsupported_grant_type"
  | "invalid_scope"
  | "access_denied"
  | "unsupported_response_type"
  | "invalid_target";

export class OauthError extends Error {
  readonly code: OauthCode;

  /** `description` goes to the caller and the log: no secret, no token. */
  constructor(code: OauthCode, description: string) {
    super(description);
    this.code = code;
  }
}

export function oauthErrorReply(error: OauthError): Reply {
  const status = error.code === "invalid_client" ? 401 : 400;
  return jsonReply(
    status,
    { error: error.code, error_description: error.message },
    status === 401 ? { "www-authenticate": 'Basic realm="sandbox"' } : {},
  );
}

/** The value of `name`, at most once. Throws OauthError `invalid_request`. */
export function only(form: URLSearchParams, name: string): string | undefined {
  const [value, ...more] = form.getAll(name);
  if (more.length > 0) throw new OauthError("invalid_request", `${name} is given ${more.length + 1} times.`);
  return value === undefined || value === "" ? undefined : value;
}

/** As `only`, and it must be there. */
export function required(form: URLSearchParams, name: string): string {
  const value = only(form, name);
  if (value === undefined) throw new OauthError("invalid_request", `${name} is missing.`);
  return value;
}
