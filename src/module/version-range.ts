/** A range of versions, as Terraform's `version` arguments take it. */
import type { TextRule } from "../text-rule";

const ONE = "(?:(?:=|!=|>=|<=|>|<|~>) *)?v?[0-9]{1,9}(?:\\.[0-9]{1,9}){0,2}(?:-[0-9A-Za-z.-]{1,60})?";

export const VERSION_RANGE: TextRule = {
  code: "module-source-invalid",
  pattern: `^${ONE}(?: *, *${ONE})*$`,
  maxLength: 200,
  says: "a version range as Terraform writes it",
  example: ">= 5.81.0, < 6.0.0",
};
