// Its start waits for an actor that calls it back.
let outcome = "none";
if (Rowan.actorId !== "whole") {
  outcome = await Rowan.actor("counter", "c").call("tangled", Rowan.actorId, "result").catch((error) => error.code);
}
export const result = () => outcome;
