import { type CSSProperties, useState } from "react";
import { type Errors, remove, save } from "./api.ts";
import { Form } from "./form.tsx";
import { type Shown, useSuperheroes } from "./lobby.ts";

export function Superheroes() {
  const superheroes = useSuperheroes();
  return (
    <section aria-labelledby="superheroes-title">
      <h2 id="superheroes-title">All superheroes</h2>
      <Form id="add" label="A new superhero" button="Create" save={(fields) => save(null, fields)} />
      {superheroes === null && <p className="quiet">Asking the server…</p>}
      {superheroes?.length === 0 && <p className="quiet">There are none yet. Create the first one!</p>}
      <ul id="superheroes" className="cards">
        {superheroes?.map((superhero) => <Card key={superhero.id} superhero={superhero} />)}
      </ul>
    </section>
  );
}

function Card({ superhero }: { superhero: Shown }) {
  const { id, name, location, power, fresh } = superhero;
  const [mode, setMode] = useState<"shown" | "editing" | "edited">("shown");
  const [errors, setErrors] = useState<Errors | null>(null);

  if (mode === "editing") {
    const done = () => setMode("edited");
    return (
      <li data-id={id} className="card">
        <Form label={`Edit ${name}`} superhero={superhero} button="Save" save={(fields) => save(id, fields)} saved={done} cancel={done} />
      </li>
    );
  }
  return (
    <li data-id={id} className="card">
      <div key={`${name} ${location} ${power}`} className={fresh ? "fresh" : undefined}>
        <h3>{name}</h3>
        <p className="quiet">{location}</p>
        <p className="power">
          <span
            className="bar" style={{ "--power": power } as CSSProperties}
            role="meter" aria-label={`Power of ${name}`} aria-valuenow={power} aria-valuemin={1} aria-valuemax={100}
          />
          <span className="number" aria-hidden>{power}</span>
        </p>
      </div>
      <p className="actions">
        <button aria-label={`Edit ${name}`} autoFocus={mode === "edited"} onClick={() => setMode("editing")}>Edit</button>
        <button aria-label={`Delete ${name}`} onClick={async () => setErrors(await remove(id))}>Delete</button>
      </p>
      {errors?.base && <p role="alert" className="error">{errors.base}</p>}
    </li>
  );
}
