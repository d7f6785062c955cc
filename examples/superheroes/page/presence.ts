import { type Channel, Presence } from "phoenix";
import { useEffect, useState } from "react";
import { socket } from "./socket.ts";

export interface Member {
  name: string;
  /** In how many tabs they are here. */
  tabs: number;
}

export interface Notification {
  /** Tells it from the others that came to this page. */
  key: number;
  from: string;
  body: string;
  timestamp: string;
}

/** How many notifications are shown. */
const notificationsMax = 20;
let notificationsCount = 0;

/** Is present under that name: who else is, what comes, the newest first, and a way to tell something. */
export function usePresence(name: string) {
  const [channel, setChannel] = useState<Channel | null>(null);
  const [members, setMembers] = useState<Member[]>([]);
  const [notifications, setNotifications] = useState<Notification[]>([]);

  useEffect(() => {
    const channel = socket.channel("notifications:lobby");
    const presence = new Presence(channel);
    presence.onSync(() => setMembers(presence.list((name, { metas }) => ({ name, tabs: metas.length }))));
    channel.on("notification", (message: Omit<Notification, "key">) => {
      const notification = { ...message, key: ++notificationsCount };
      setNotifications((before) => [notification, ...before].slice(0, notificationsMax));
    });
    channel.join().receive("ok", () => channel.push("user_info", { user_name: name }));
    setChannel(channel);
    return () => void channel.leave();
  }, [name]);

  /** Sends `notify_all`, `notify_others` or `notify_direct`. Resolves to what is wrong, or null. */
  function notify(event: string, payload: { body: string; recipient?: string }): Promise<string | null> {
    return new Promise((resolve) => {
      if (channel === null) return resolve("not connected");
      channel
        .push(event, payload)
        .receive("ok", () => resolve(null))
        .receive("error", ({ reason }) => resolve(reason))
        .receive("timeout", () => resolve("the server does not answer"));
    });
  }

  return { members, notifications, notify };
}
