/** Exact subjects of a policy as a federation file declares them. Pure. */
import { satisfies } from "../text/text-rule";
import { SERVICE_PRINCIPAL, USER } from "../trust/rules";
import type { Members } from "../text/members";

/** `exact` under the fields that hold such subjects. */
export function declaredSubjects(exact: readonly string[]): Members {
  const isUser = (subject: string): boolean => !satisfies(SERVICE_PRINCIPAL, subject) && satisfies(USER, subject);
  return {
    ...list(
      "servicePrincipals",
      exact.filter((subject) => satisfies(SERVICE_PRINCIPAL, subject)),
    ),
    ...list("users", exact.filter(isUser)),
    ...list(
      "subjects",
      exact.filter((subject) => !satisfies(SERVICE_PRINCIPAL, subject) && !isUser(subject)),
    ),
  };
}

/** The same; where the fields would put them in another order than the policy does, all under `subjects`. */
export function subjectsInOrder(exact: readonly string[]): Members {
  const fields = declaredSubjects(exact);
  const isSameOrder = Object.values(fields)
    .flat()
    .every((subject, index) => subject === exact[index]);
  return isSameOrder ? fields : { subjects: exact };
}

/** The field `name`; none where it would be empty. */
export function list(name: string, values: readonly unknown[]): Members {
  return values.length === 0 ? {} : { [name]: values };
}
