/** What clients say of a superhero. */
export interface Fields {
  name: string;
  location: string;
  /** 1 to 100. */
  power: number;
}

/** Fields that are not as they should be: what is wrong with each, or with all of it as `base`. */
export class Invalid extends Error {
  constructor(readonly errors: Record<string, string[]>) {
    super("invalid fields");
  }
}

const lengthMax = 100;

/** The fields that a client sent, and for those that it left out the ones before, if there are any. Throws {@link Invalid}. */
export function valid(input: unknown, before?: Fields): Fields {
  const given = (typeof input === "object" && input !== null ? input : {}) as Partial<Record<keyof Fields, unknown>>;
  const { name = before?.name, location = before?.location, power = before?.power } = given;
  const errors = Object.entries({ name: wrongText(name), location: wrongText(location), power: wrongPower(power) });
  const wrong = errors.filter(([, error]) => error !== null).map(([field, error]) => [field, [error]]);
  if (wrong.length > 0) throw new Invalid(Object.fromEntries(wrong));
  return { name: (name as string).trim(), location: (location as string).trim(), power: power as number };
}

function wrongText(value: unknown): string | null {
  if (value === undefined || value === null) return "is missing";
  if (typeof value !== "string") return "is no text";
  if (value.trim() === "") return "is missing";
  return value.length > lengthMax ? `is longer than ${lengthMax} characters` : null;
}

function wrongPower(value: unknown): string | null {
  if (value === undefined || value === null) return "is missing";
  if (!Number.isInteger(value)) return "is no whole number";
  return (value as number) < 1 || (value as number) > 100 ? "is not between 1 and 100" : null;
}
