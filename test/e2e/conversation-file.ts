/** One step of a written conversation. */
export interface Step {
  /**
   * `file` writes a file in the home; `given` is a call made before the conversation, `refused` one that failed then; `call` is the
   * assistant's, and `result` is what its answer has to hold.
   */
  readonly kind: 'file' | 'given' | 'refused' | 'call' | 'result';
  /** A path in the home, or a tool. */
  readonly what: string;
  /** The program that made a call before. */
  readonly by: string;
  readonly text: string;
}

/** A conversation, and what it may cost. */
export interface Conversation {
  readonly title: string;
  readonly mostCalls: number;
  /** Bytes of all results the assistant gets, as JSON. */
  readonly mostBytes: number;
  readonly steps: readonly Step[];
}

/** Reads a conversation: Markdown, in which the blocks of JSON are what happens. */
export function readConversation(markdown: string): Conversation {
  const [, title = ''] = /^# (.+)$/m.exec(markdown) ?? [];
  const [, calls = '', bytes = ''] = /^At most (\d+) calls and ([\d,]+) bytes of results\.$/m.exec(markdown) ?? [];
  const blocks = markdown.matchAll(
    /^```json (file|given|refused|call|result)(?: ([^\s,]+))?(?:, by (\S+))?\n([\s\S]*?)^```$/gm,
  );
  return {
    title,
    mostCalls: Number(calls),
    mostBytes: Number(bytes.replaceAll(',', '')),
    steps: [...blocks].map(([, kind = '', what = '', by = 'assistant', text = '']) => ({
      kind: kind as Step['kind'],
      what,
      by,
      text,
    })),
  };
}

/** Puts the members of the answer before into arguments, where they say `"<plan_id>"` or `"<to.digest>"`. */
export function fillIn(text: string, answer: unknown): Record<string, unknown> {
  return JSON.parse(text, (_key, value: unknown) => {
    const [, path] = /^<([\w.]+)>$/.exec(typeof value === 'string' ? value : '') ?? [];
    return path === undefined
      ? value
      : path.split('.').reduce<unknown>((at, member) => (at as Record<string, unknown> | undefined)?.[member], answer);
  }) as Record<string, unknown>;
}
