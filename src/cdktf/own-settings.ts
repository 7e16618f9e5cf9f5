/** What our resources need for themselves stays when an Aspect, or whoever holds the resource, sets the same. */
import type { TerraformResource, TerraformResourceLifecycle } from "cdktf";
import { TerraformDataSource, TerraformElement } from "cdktf";

type Conditions = Pick<TerraformResourceLifecycle, "precondition" | "postcondition">;

/** Sets the conditions of `element`, beside whatever lifecycle it gets from others, before or later. */
export function ownLifecycle(
  element: { lifecycle?: TerraformResourceLifecycle },
  { precondition = [], postcondition = [] }: Conditions,
): void {
  let given: TerraformResourceLifecycle | undefined;
  Object.defineProperty(element, "lifecycle", {
    configurable: true,
    enumerable: true,
    get: (): TerraformResourceLifecycle => {
      const before = [...precondition, ...(given?.precondition ?? [])];
      const after = [...postcondition, ...(given?.postcondition ?? [])];
      return {
        ...given,
        ...(before.length > 0 ? { precondition: before } : {}),
        ...(after.length > 0 ? { postcondition: after } : {}),
      };
    },
    // what was read from here and set again holds our conditions already
    set: (value: TerraformResourceLifecycle | undefined) => {
      given = value && {
        ...value,
        precondition: value.precondition?.filter((condition) => !precondition.includes(condition)),
        postcondition: value.postcondition?.filter((condition) => !postcondition.includes(condition)),
      };
    },
  });
}

/** Makes `resource` wait for `addresses`, beside whatever else it is made to wait for. */
export function ownDependencies(resource: { dependsOn?: string[] }, addresses: readonly string[]): void {
  let given: readonly string[] = [];
  Object.defineProperty(resource, "dependsOn", {
    configurable: true,
    enumerable: true,
    get: () => [...new Set([...addresses, ...given])],
    set: (value: readonly string[] | undefined) => {
      given = value ?? [];
    },
  });
}

/**
 * The address of `element`, which others name from here on: CDKTF refuses to change its logical ID, as it does once
 * `fqn` was read. That makes a token with a whole stack trace, so it is read when a change is tried.
 */
export function pinnedAddress(element: TerraformResource | TerraformDataSource): string {
  if (!Object.hasOwn(element, "overrideLogicalId")) {
    element.overrideLogicalId = overrideLogicalId;
    element.resetOverrideLogicalId = resetOverrideLogicalId;
  }
  const address = `${element.terraformResourceType}.${element.friendlyUniqueId}`;
  return TerraformDataSource.isTerraformDataSource(element) ? `data.${address}` : address;
}

function overrideLogicalId(this: TerraformElement, id: string): void {
  void this.fqn;
  TerraformElement.prototype.overrideLogicalId.call(this, id);
}

function resetOverrideLogicalId(this: TerraformElement): void {
  void this.fqn;
  TerraformElement.prototype.resetOverrideLogicalId.call(this);
}
