/** One event of a stream of server-sent events. */
export interface StreamEvent {
  readonly event: string;
  readonly data: string;
}

/** More is read of no answer of a server that is probed, in bytes. */
const MAX_BYTES = 4 * 1_048_576;

/** Reads a body as text, chunk by chunk. @throws Error for one that is too long */
export async function* chunksOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`it answered with more than ${MAX_BYTES} bytes`);
    yield decoder.decode(chunk, { stream: true });
  }
}

/** Reads server-sent events, as the HTML standard has them. @throws Error for a stream that is too long */
export async function* eventsOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<StreamEvent> {
  let rest = '';
  let event = 'message';
  let data: string[] = [];
  for await (const chunk of chunksOf(body)) {
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { event, data: data.join('\n') };
        event = 'message';
        data = [];
        continue;
      }
      const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      if (field === 'event') event = value;
      if (field === 'data') data.push(value);
    }
  }
}
