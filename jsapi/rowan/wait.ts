declare const __host: {
  /** Keeps a request's context until release. Elsewhere nothing happens: other contexts last anyway. */
  hold(): void;
  release(): void;
};

/** Keeps a request's context until the promise has settled. A rejection is reported as any that nobody handles. */
export function waitUntil(promise: unknown): void {
  __host.hold();
  keep(promise);
}

async function keep(promise: unknown): Promise<void> {
  try {
    await promise;
  } finally {
    __host.release();
  }
}
