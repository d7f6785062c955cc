import { Socket } from "phoenix";
import { useSyncExternalStore } from "react";

/** Where the server is: here, unless the page says otherwise in `<meta name="server">`. */
export const server = new URL(document.querySelector<HTMLMetaElement>("meta[name=server]")?.content || ".", location.href);

/** The page's one socket. It connects again by itself, and so do its channels. */
export const socket = new Socket(new URL("socket", server).href.replace(/^http/, "ws"), { params: { token: token() } });
socket.connect();

/** Whether the socket is connected. */
export function useConnected(): boolean {
  return useSyncExternalStore(subscribe, () => socket.isConnected());
}

function subscribe(changed: () => void): () => void {
  const refs = [socket.onOpen(changed), socket.onClose(changed)];
  return () => socket.off(refs);
}

/** What this tab shows to the server. An app gets it from its login. */
function token(): string {
  const token = sessionStorage.getItem("token") ?? crypto.getRandomValues(new Uint32Array(4)).join("-");
  sessionStorage.setItem("token", token);
  return token;
}
