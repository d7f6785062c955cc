import { useState } from "react";
import { Notifications } from "./notifications.tsx";
import { useConnected } from "./socket.ts";
import { Superheroes } from "./superheroes.tsx";

export function App() {
  const connected = useConnected();
  const [name, setName] = useState(() => sessionStorage.getItem("name") ?? `Visitor ${Math.floor(Math.random() * 1000)}`);

  function rename(name: string) {
    sessionStorage.setItem("name", name);
    setName(name);
  }

  return (
    <>
      <header>
        <h1>Superheroes</h1>
        <span id="state" role="status" className={connected ? "open" : undefined}>
          {connected ? "connected" : "not connected, trying again"}
        </span>
      </header>
      <main>
        <Superheroes />
        <Notifications name={name} rename={rename} />
      </main>
    </>
  );
}
