/** Objects of the other kit (cdktf, cdktn) or of a second copy: by their symbols they pass for ours, till synthesis. */
import { App, TerraformElement, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { inputError } from "../errors";

/** Where jsii notes the package and the version of a class. */
const RTTI = Symbol.for("jsii.rtti");

interface Kit {
  readonly name: string;
  readonly version: string;
}

/** The kit that an object's class, or one it extends, is from; undefined for all that is of none. */
function kitOf(value: object): Kit | undefined {
  for (let type: unknown = value.constructor; typeof type === "function"; type = Object.getPrototypeOf(type)) {
    const { fqn, version } = (Reflect.get(type, RTTI) ?? {}) as { readonly fqn?: string; readonly version?: string };
    const [, name] = /^(cdktf|cdktn)\./.exec(fqn ?? "") ?? [];
    if (name !== undefined) return { name, version: version ?? "unknown" };
  }
  return undefined;
}

/** The kit that these constructs are made of. */
const OWN = kitOf(App.prototype) ?? { name: "cdktf", version: "unknown" };
/** Name of the package's entry for this kit, as in `import … from "databricks-aws-oidc/cdktf"`. */
const OWN_ENTRY = `databricks-aws-oidc/${OWN.name}`;

/**
 * Throws where `value`, or a construct that it is in, is of another kit or of a second copy of this one; `path` says
 * what it was given as. At once: some of it would end synthesis before problems are reported. Code: kit-mismatch.
 */
export function refuseOtherKit(value: unknown, path: string): void {
  const constructs = Construct.isConstruct(value) ? value.node.scopes : [];
  for (const construct of constructs) {
    const kit = kitOf(construct);
    if (kit === undefined || [App, TerraformStack, TerraformElement].some((own) => construct instanceof own)) continue;
    const isSame = kit.name === OWN.name;
    throw inputError(
      "kit-mismatch",
      isSame
        ? `This is made with another copy of ${kit.name} (${kit.version}) than ${OWN_ENTRY} uses (${OWN.version}).`
        : `This is made with ${kit.name}, and ${OWN_ENTRY} is for ${OWN.name}.`,
      isSame
        ? `Keep one copy for ${OWN_ENTRY} and your code; npm ls ${kit.name} shows both.`
        : `Import from "databricks-aws-oidc/${kit.name}" in an app of ${kit.name}; else use ${OWN.name} and ` +
            `@${OWN.name}/provider-aws for this as well.`,
      path,
    );
  }
}

/** Of constructs that are looked for in stacks and props. */
const OWN_CLASSES: readonly string[] = ["DatabricksOidcProvider", "StackGuard"];

/**
 * The same of `value` in the place of a construct of ours, which it is not; throws also where it is of a second copy of
 * this package. Code: kit-mismatch.
 */
export function refuseOtherCopy(value: unknown, path: string): void {
  refuseOtherKit(value, path);
  if (!Construct.isConstruct(value) || !OWN_CLASSES.includes(value.constructor.name)) return;
  throw inputError(
    "kit-mismatch",
    "This is made with another copy of databricks-aws-oidc.",
    `Keep one copy, and import from "${OWN_ENTRY}" alone; npm ls databricks-aws-oidc shows all.`,
    path,
  );
}
