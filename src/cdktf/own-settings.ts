/** What our resources need for themselves stays when an Aspect, or whoever holds the resource, sets the same. */
import type { TerraformResourceLifecycle } from "cdktf";

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
