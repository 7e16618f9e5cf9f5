/** What follows from the address of a workspace: the issuer, and a first federation with one role. Pure. */
import { inputError } from "../../src/errors";
import { readFederation } from "../../src/federation/read";
import { chooseIssuer, type IssuerChoice } from "../../src/issuer/choose";
import { federationOutputs, type FederationOutputs } from "./federation-outputs";

/** The fields of the page, as typed; empty where not given. */
export interface IssuerFields {
  /** Its address, or any URL of it. */
  readonly workspace: string;
  /** Undefined: not stated. */
  readonly unifiedLogin: boolean | undefined;
  readonly databricksAccountId: string;
  readonly awsAccountId: string;
  readonly partition: string;
  /** A service principal's application ID or a user's e-mail address. */
  readonly subject: string;
  readonly allowCustomHost: boolean;
}

export interface IssuerOutputs {
  readonly choice: IssuerChoice;
  /** Null where the audience is unknown, without which there is no safe trust policy. */
  readonly federation: FederationOutputs | null;
}

/** Throws InputError: the codes of `chooseIssuer` and of `readFederation`. */
export function issuerOutputs(fields: IssuerFields, version: string): IssuerOutputs {
  const { workspace, unifiedLogin, databricksAccountId, awsAccountId, partition, allowCustomHost } = fields;
  const given = (text: string): string | undefined => (text.trim() === "" ? undefined : text.trim());
  const choice = chooseIssuer({
    url: given(workspace),
    unifiedLogin,
    accountId: given(databricksAccountId),
    awsAccountId: given(awsAccountId),
    partition: given(partition),
    allowCustomHost,
  });
  const { audience, level } = choice;
  if (audience === null) return { choice, federation: null };
  const subject = fields.subject.trim();
  if (subject === "")
    throw inputError(
      "no-subject",
      "A trust policy must say who may assume the role.",
      "Enter the application ID of a service principal, or a user's e-mail address.",
      "subject",
    );
  const host = choice.issuerPath.slice(0, choice.issuerPath.indexOf("/"));
  const custom = allowCustomHost ? { allowCustomHost } : {};
  const declaration = {
    name: "lakehouse",
    aws: {
      ...(given(awsAccountId) === undefined ? {} : { accountId: given(awsAccountId) }),
      ...(given(partition) === undefined ? {} : { partition: given(partition) }),
    },
    issuers: {
      [level]:
        level === "workspace"
          ? { level, host, workspaceId: audience, ...custom }
          : { level, accountId: audience, accountsHost: host, ...custom },
    },
    roles: {
      "lake-reader": {
        trusts: [
          { issuer: level, ...(subject.includes("@") ? { users: [subject] } : { servicePrincipals: [subject] }) },
        ],
      },
    },
  };
  return { choice, federation: federationOutputs(readFederation(declaration).federation, declaration, version) };
}
