/** Returns the result of a JSON-RPC answer. @throws Error naming the code of a refusal: its message may hold a value */
export function resultOf(message: unknown): Record<string, unknown> {
  const { result, error } = message as { result?: unknown; error?: { code?: unknown } };
  if (typeof result === 'object' && result !== null) return result as Record<string, unknown>;
  throw new Error(`it refused with code ${String(error?.code)}`);
}
