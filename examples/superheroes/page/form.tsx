import { type FormEvent, type InputHTMLAttributes, useId, useState } from "react";
import type { Errors, Fields } from "./api.ts";
import type { Superhero } from "./lobby.ts";

interface Props {
  id?: string;
  /** What the form is for. */
  label: string;
  /** What to begin with. */
  superhero?: Superhero;
  /** What the button says. */
  button: string;
  save(fields: Fields): Promise<Errors | null>;
  saved?(): void;
  cancel?(): void;
}

/** The fields of a superhero. What is wrong with them, the server says. */
export function Form({ id, label, superhero, button, save, saved, cancel }: Props) {
  const [errors, setErrors] = useState<Errors | null>(null);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const text = (field: string) => String(new FormData(form).get(field));
    const errors = await save({ name: text("name"), location: text("location"), power: number(text("power")) });
    setErrors(errors);
    if (errors !== null) return;
    form.reset();
    saved?.();
  }

  return (
    <form id={id} aria-label={label} onSubmit={submit}>
      <Field label="Name" name="name" defaultValue={superhero?.name} errors={errors?.name} autoFocus={superhero !== undefined} />
      <Field label="Location" name="location" defaultValue={superhero?.location} errors={errors?.location} />
      <Field label="Power, 1 to 100" name="power" inputMode="numeric" defaultValue={superhero?.power} errors={errors?.power} />
      <p className="actions">
        <button className="main">{button}</button>
        {cancel && <button type="button" onClick={cancel}>Cancel</button>}
      </p>
      {errors?.base && <p role="alert" className="error">{errors.base}</p>}
    </form>
  );
}

function Field({ label, errors, ...input }: { label: string; errors?: string[] } & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  return (
    <p className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} autoComplete="off" aria-invalid={errors !== undefined} aria-describedby={errors && `${id}-error`} {...input} />
      {errors && <span id={`${id}-error`} role="alert" className="error">{errors.join(", ")}</span>}
    </p>
  );
}

function number(text: string): number | null {
  return text.trim() === "" || Number.isNaN(Number(text)) ? null : Number(text);
}
