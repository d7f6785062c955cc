import { type FormEvent, useState } from "react";
import { type Notification, usePresence } from "./presence.ts";

export function Notifications({ name, rename }: { name: string; rename(name: string): void }) {
  const { members, notifications, notify } = usePresence(name);
  const [error, setError] = useState<string | null>(null);

  async function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const body = String(data.get("body"));
    const [to, recipient] = JSON.parse(String(data.get("to"))) as [string, string?];
    const error = await notify(to, { body, recipient });
    setError(error);
    if (error === null) form.querySelector<HTMLInputElement>("[name=body]")!.value = "";
  }

  return (
    <aside aria-labelledby="members-title">
      <h2 id="members-title">Who is here</h2>
      <Name name={name} rename={rename} />
      <ul id="members">
        {members.map((member) => (
          <li key={member.name}>
            {member.name}
            {member.name === name && <span className="quiet"> (you)</span>}
            {member.tabs > 1 && <span className="quiet"> in {member.tabs} tabs</span>}
          </li>
        ))}
      </ul>
      <form id="notify" aria-label="Notify others" onSubmit={send}>
        <p className="field">
          <label htmlFor="to">Notify</label>
          <select id="to" name="to">
            <option value={JSON.stringify(["notify_all"])}>everybody</option>
            <option value={JSON.stringify(["notify_others"])}>everybody else</option>
            {members.map((member) => (
              <option key={member.name} value={JSON.stringify(["notify_direct", member.name])}>{member.name}</option>
            ))}
          </select>
        </p>
        <p className="field">
          <label htmlFor="body">Text</label>
          <input id="body" name="body" maxLength={500} autoComplete="off" />
        </p>
        <p className="actions">
          <button className="main">Send</button>
        </p>
        {error !== null && <p role="alert" className="error">{error}</p>}
      </form>
      <ol id="notifications" aria-live="polite" aria-label="Notifications">
        {notifications.map((notification) => <Item key={notification.key} notification={notification} />)}
      </ol>
    </aside>
  );
}

/** One's own name. It is a new one once the field is left, or Enter pressed. */
function Name({ name, rename }: { name: string; rename(name: string): void }) {
  function submit(event: { preventDefault(): void; currentTarget: HTMLFormElement }) {
    event.preventDefault();
    const chosen = String(new FormData(event.currentTarget).get("name")).trim();
    if (chosen !== "" && chosen !== name) rename(chosen);
  }
  return (
    <form id="me" aria-label="Yourself" onSubmit={submit} onBlur={submit}>
      <p className="field">
        <label htmlFor="name">Your name</label>
        <input id="name" name="name" defaultValue={name} maxLength={40} autoComplete="off" />
      </p>
    </form>
  );
}

function Item({ notification: { from, body, timestamp } }: { notification: Notification }) {
  return (
    <li className="fresh">
      <strong>{from}</strong> <time dateTime={timestamp} className="quiet">{new Date(timestamp).toLocaleTimeString()}</time>
      <p>{body}</p>
    </li>
  );
}
