/** True for the errors that go away by waiting. */
export function isBusy(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^SQLITE_(BUSY|LOCKED)/.test(code);
}

/** A fixed, jittered wait of 2 to 3 ms: a growing one made tails of seconds. `factor` makes it longer. */
export function pause(factor = 1): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, factor * (2 + Math.random())));
}
