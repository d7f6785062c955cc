// A classic script: its global functions are its methods.
var total = 0;
function add(n) {
  return (total += n);
}
var subtract = (n) => (total -= n);
const hidden = () => 0;
