// One context is one invoice. Its lines are a plain array, which no other context can see.
const lines = [];

export function add(item, count) {
  lines.push({ item, count, price: Rowan.callSync("price", item) });
}

export function total() {
  return lines.reduce((sum, { count, price }) => sum + count * price, 0);
}
