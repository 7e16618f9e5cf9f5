/** Attributes that a module's inputs do not have: Terraform drops them without a message. */
import type { Fields } from "../federation/fields/field";
import { hclFields } from "../federation/fields/field";
import { ISSUER_FIELDS } from "../federation/fields/issuer";
import { ROLE_FIELDS } from "../federation/fields/role";
import { TRUST_FIELDS } from "../federation/fields/trust";
import { memberPath } from "../federation/path";
import { nearest } from "../text/nearest";
import { quotedWhole } from "../text/text-rule";
import { asRecord, itemsOf } from "../text/members";
import type { DroppedAttribute, ModuleCall } from "../trust/parsed/target";

const { trusts: _trusts, ...PLAIN_ROLE } = ROLE_FIELDS;
const { issuer: _issuer, ...PLAIN_TRUST } = TRUST_FIELDS;
const { existingProviderArn: _arn, ...EXISTING_ISSUER } = ISSUER_FIELDS;

/** Of the inputs that are written as constants. */
export function droppedAttributes(call: ModuleCall): readonly DroppedAttribute[] {
  const { issuers, roles } = inputFields(call);
  const entries = (input: string, fields: Fields): readonly DroppedAttribute[] =>
    Object.entries(asRecord(call.constants[input]) ?? {}).flatMap(([key, value]) =>
      dropped(fields, value, `${call.path}: ${input}[${quotedWhole(key)}]`),
    );
  return [
    ...entries("issuers", issuers),
    ...entries("roles", roles),
    ...droppedInList(TRUST_FIELDS, call.constants["trusts"], `${call.path}: trusts`),
  ];
}

/** The attributes of the inputs that hold objects; the simple modules have a role's trust in the role. */
function inputFields({ variables }: ModuleCall): { readonly issuers: Fields; readonly roles: Fields } {
  return {
    issuers: variables.includes("trusts") ? EXISTING_ISSUER : ISSUER_FIELDS,
    roles: variables.includes("issuers") ? ROLE_FIELDS : { ...PLAIN_ROLE, ...PLAIN_TRUST },
  };
}

const KNOWN = new WeakMap<Fields, ReturnType<typeof hclFields>>();

/** `hclFields`, once for each of the few lists of fields, however many roles a plan has. */
function knownFields(fields: Fields): ReturnType<typeof hclFields> {
  const known = KNOWN.get(fields) ?? hclFields(fields);
  KNOWN.set(fields, known);
  return known;
}

function dropped(fields: Fields, value: unknown, path: string): readonly DroppedAttribute[] {
  const known = knownFields(fields);
  return Object.entries(asRecord(value) ?? {}).flatMap(([name, member]): readonly DroppedAttribute[] => {
    const field = Object.hasOwn(known, name) ? known[name] : undefined;
    const at = memberPath(path, name);
    if (field === undefined) return [{ path: at, name, meant: nearest(name, Object.keys(known)) ?? null }];
    if (field.kind.is === "object") return dropped(field.kind.fields, member, at);
    return field.kind.is === "objects" ? droppedInList(field.kind.fields, member, at) : [];
  });
}

function droppedInList(fields: Fields, value: unknown, path: string): readonly DroppedAttribute[] {
  return itemsOf(value).flatMap((item, index) => dropped(fields, item, `${path}[${index}]`));
}
