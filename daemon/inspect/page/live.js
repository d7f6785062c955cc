// What the page follows. One view is shown at a time; it says what it wants, and what to do with it.

const live = {
  socket: undefined,
  wanted: { turn: 0, watch: {}, log: undefined },
  handlers: {},
  delay: 250,
};

/**
 * Follows paths of the API by names of one's own, and lines of the log, instead of what was followed before.
 * handlers[name](data, error) gets each answer; handlers.log gets { lines, last }.
 */
function follow(watch, handlers, log) {
  live.wanted = { turn: live.wanted.turn + 1, watch: { about: "/api/overview", ...watch }, log };
  live.handlers = handlers;
  ask();
}

function ask() {
  if (live.socket?.readyState === WebSocket.OPEN) live.socket.send(JSON.stringify(live.wanted));
}

function connect() {
  const socket = new WebSocket(location.origin.replace(/^http/, "ws") + "/live");
  live.socket = socket;
  socket.onopen = () => {
    live.delay = 250;
    showState(true);
    ask();
  };
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.turn !== live.wanted.turn) return; // an answer to a view before
    if (message.name === "about" && message.data) showAbout(message.data);
    if (message.name === "log" && live.wanted.log && message.data) live.wanted.log.after = message.data.last; // to go on from
    live.handlers[message.name]?.(message.data, message.error);
  };
  socket.onclose = () => {
    showState(false);
    setTimeout(connect, live.delay);
    live.delay = Math.min(live.delay * 2, 5000);
  };
}

function showState(isLive) {
  const state = document.querySelector("#state");
  state.className = isLive ? "live" : "";
  setText(state, isLive ? "live" : "not connected");
  document.body.classList.toggle("stale", !isLive);
}

function showAbout({ about, uptime, notReady }) {
  const state = document.querySelector("#state");
  state.className = notReady ? "bad" : "live";
  setText(state, notReady ? "not ready" : "live");
  state.title = notReady;
  const app = document.querySelector("#app");
  setText(app, about.app);
  app.title = `${about.version}, up for ${formatSeconds(uptime)}`;
  document.title = "rowan " + about.app;
}

/** Asks the API; a failure is thrown as an Error with the answer's text. */
async function post(path, body) {
  const response = await fetch(path, { method: "POST", body });
  if (!response.ok) throw new Error((await response.text()).trim());
  return response.json();
}
