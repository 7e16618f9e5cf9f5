import { comesBackTheSame } from "../support/adopted-federation";
import { runs } from "../support/runs";

test("what a federation file can say of an account comes back the same, however its policies are written", () => {
  expect(comesBackTheSame(runs(200))).toBeGreaterThan(0);
});
