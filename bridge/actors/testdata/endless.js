// Never gets to its end.
await new Promise(() => {});
export const works = () => true;
