import { type CSSProperties, useState } from "react";
import { type Errors, remove, save } from "./api.ts";
import { Form } from "./form.tsx";
import { type Superhero, useSuperheroes } from "./lobby.ts";

export function Superheroes() {
  const superheroes = useSuperheroes();
  return (
    <section aria-labelledby="superheroes-title">
      <h2 id="superheroes-title">All superheroes</h2>
      <Form id="add" button="Create" save={(fields) => save(null, fields)} />
      {superheroes === null && <p className="quiet">Asking the server…</p>}
      {superheroes?.length === 0 && <p className="quiet">There are none yet. Create the first one!</p>}
      <ul id="superheroes" className="cards">
        {superheroes?.map((superhero) => <Card key={superhero.id} superhero={superhero} />)}
      </ul>
    </section>
  );
}

function Card({ superhero }: { superhero: Superhero }) {
  const { id, name, location, power } = superhero;
  const [editing, setEditing] = useState(false);
  const [errors, setErrors] = useState<Errors | null>(null);

  if (editing) {
    const done = () => setEditing(false);
    return (
      <li data-id={id} className="card">
        <Form superhero={superhero} button="Save" save={(fields) => save(id, fields)} saved={done} cancel={done} />
      </li>
    );
  }
  return (
    <li data-id={id} className="card">
      <div key={`${name} ${location} ${power}`} className="fresh">
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
        <button aria-label={`Edit ${name}`} onClick={() => setEditing(true)}>Edit</button>
        <button aria-label={`Delete ${name}`} onClick={async () => setErrors(await remove(id))}>Delete</button>
      </p>
      {errors?.base && <p role="alert" className="error">{errors.base}</p>}
    </li>
  );
}
