// A chat room as an app has it: members, and a history of the last messages.
const members = new Map();
const history = [];
let bytes = 0;

function join(id, name) {
  members.set(id, { name, joined: members.size });
  return members.size;
}

function message(sender, text) {
  const m = { sender, text, id: history.length };
  history.push(m);
  if (history.length > 100) history.shift();
  bytes += JSON.stringify(m).length; // as sent to the members
  return history.length;
}

// check sums up what the room has been told.
function check() {
  let sum = bytes;
  for (const { sender, text, id } of history) {
    for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) % 1000003;
    sum = (sum * 31 + sender.length + id) % 1000003;
  }
  return sum;
}
