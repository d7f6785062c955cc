// process.emitWarning, where every module can reach it before there is a process.

type Emit = (warning: string | Error, type?: string, code?: string) => void;

let emit: Emit = () => {};

/** Says who emits warnings: process. */
export function setEmitWarning(f: Emit): void {
  emit = f;
}

export function emitWarning(warning: string | Error, type?: string, code?: string): void {
  emit(warning, type, code);
}
