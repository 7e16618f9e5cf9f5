/** Where in the fields of a tab a problem is. */
import type { PlaceOf } from "./blocks";
import { byId } from "./dom";
import { inputId, type TabView } from "./tab";

/** The field that holds a problem, by its label; to go there opens what it is folded away in. */
export function fieldPlaces({ name: tab, fields, fieldAt }: TabView): PlaceOf {
  return ({ path = "" }) => {
    const at = fieldAt?.(path) ?? path;
    const field = fields.find(({ name }) => name === at);
    if (field === undefined) return undefined;
    return {
      name: field.label.replace(/ \(--.*\)$/, ""),
      go: () => {
        const input = byId(inputId(tab, field.name), HTMLElement);
        const fold = input.closest("details");
        if (fold !== null) fold.open = true;
        input.focus();
      },
    };
  };
}
