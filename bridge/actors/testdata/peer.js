// What the tests of messages, monitors and links spawn. It answers to whoever sends it { run: source }.
const AsyncFunction = (async () => {}).constructor;
Rowan.onMessage(async (message, from) => {
  let answer;
  try {
    answer = { value: await new AsyncFunction(message.run)() };
  } catch (error) {
    answer = { error: String(error) };
  }
  Rowan.send(from, { answer });
});
export const self = () => Rowan.self();
export const run = (source) => new AsyncFunction(source)();
