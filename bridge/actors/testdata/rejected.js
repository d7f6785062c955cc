// Fails after a while at its top level.
await new Promise((resolve) => setTimeout(resolve, 1));
if (Rowan.actorId !== "whole") throw new TypeError("rejected " + Rowan.actorId);
export const works = () => true;
