// The shared modules as a group of their own, for their tests.
import { format } from "./format.ts";
import { inspect } from "./inspect.ts";

export default { format, inspect };
