// What several groups show values with, as a group of its own: it is in an image once.
import { format } from "./format.ts";
import { bounded, inspect } from "./inspect.ts";

export default { bounded, format, inspect };
