/** What follows from the address of a workspace: the issuer, and a first federation with one role. Pure. */
import { InputError, inputError, type Problem } from "../../src/errors";
import { readFederation } from "../../src/federation/read";
import { yamlDocument } from "../../src/federation/yaml-document";
import { chooseIssuer, type IssuerChoice } from "../../src/issuer/choose";
import { federationOutputs, type FederationOutputs } from "./federation-outputs";

/** The fields of the page, as typed; empty where not given. */
export interface IssuerFields {
  /** Its address, or any URL of it. */
  readonly workspace: string;
  /** Empty where the address has it. */
  readonly workspaceId: string;
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
  readonly first: FirstFederation;
}

/** A first federation with one role, or why there is none yet: the issuer alone is an answer, too. */
export type FirstFederation =
  | { readonly ok: true; readonly outputs: FederationOutputs; readonly yaml: string }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Throws InputError: the codes of `chooseIssuer`. */
export function issuerOutputs(fields: IssuerFields, version: string): IssuerOutputs {
  const { workspace, workspaceId, unifiedLogin, databricksAccountId, awsAccountId, partition, allowCustomHost } =
    fields;
  const choice = chooseIssuer({
    url: given(workspace),
    workspaceId: given(workspaceId),
    unifiedLogin,
    accountId: given(databricksAccountId),
    awsAccountId: given(awsAccountId),
    partition: given(partition),
    allowCustomHost,
  });
  return { choice, first: firstFederation(choice, fields, version) };
}

function firstFederation(choice: IssuerChoice, fields: IssuerFields, version: string): FirstFederation {
  try {
    const declaration = declarationOf(choice, fields);
    const outputs = federationOutputs(readFederation(declaration).federation, declaration, version);
    return { ok: true, outputs, yaml: yamlDocument(declaration).toString() };
  } catch (error) {
    if (error instanceof InputError) return { ok: false, problems: error.problems };
    throw error;
  }
}

/** Throws InputError: required, no-subject. */
function declarationOf({ audience, level, issuerPath }: IssuerChoice, fields: IssuerFields): object {
  if (audience === null)
    throw inputError(
      "required",
      "The workspace ID is unknown, and without an audience no trust policy is safe.",
      "Enter it: the number after ?o= in the workspace's address.",
      "workspace-id",
    );
  const subject = fields.subject.trim();
  if (subject === "")
    throw inputError(
      "no-subject",
      "A trust policy must say who may assume the role.",
      "Enter the application ID of a service principal, or a user's e-mail address.",
      "subject",
    );
  const awsAccountId = given(fields.awsAccountId);
  const partition = given(fields.partition);
  const host = issuerPath.slice(0, issuerPath.indexOf("/"));
  const custom = fields.allowCustomHost ? { allowCustomHost: true } : {};
  return {
    name: "lakehouse",
    aws: {
      ...(awsAccountId === undefined ? {} : { accountId: awsAccountId }),
      ...(partition === undefined ? {} : { partition }),
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
}

function given(text: string): string | undefined {
  return text.trim() === "" ? undefined : text.trim();
}
