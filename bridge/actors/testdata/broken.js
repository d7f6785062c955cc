// Fails when it is evaluated, in each context anew.
if (Rowan.actorId !== "whole") throw new TypeError("broken " + Rowan.actorId);
export const works = () => true;
