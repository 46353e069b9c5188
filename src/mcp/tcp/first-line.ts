import type { Socket } from 'node:net';

/** The longest first line that can hold a token, in bytes. */
const MAX_BYTES = 4_096;
const LINE_FEED = 0x0a;
const BEARER = Buffer.from('Bearer ');
/** A message is an object; before it there may be white space, and a batch is answered as one. */
const MESSAGE = /^[\s{[]/;

/** The beginning of a connection: a token, a message, or something that is neither, such as a request of HTTP. */
export type FirstLine =
  | { readonly kind: 'token'; readonly secret: string }
  | { readonly kind: 'message' }
  | { readonly kind: 'other' };

/**
 * Reads how a connection begins: with the line `Bearer TOKEN`, or with anything else. Everything behind that line, or else all of
 * it, is left to be read.
 *
 * A web page can have a browser send requests to any port of this machine, and lines of its choice in their bodies: what does not
 * begin as a message does must not be read on.
 */
export function readFirstLine(socket: Socket): Promise<FirstLine> {
  return new Promise((resolve) => {
    let begun = Buffer.alloc(0);
    const done = (line: FirstLine, rest: Buffer) => {
      socket.off('data', onData).off('end', onEnd).off('close', onEnd);
      socket.pause();
      if (rest.length > 0) socket.unshift(rest);
      resolve(line);
    };
    const onData = (chunk: Buffer) => {
      begun = Buffer.concat([begun, chunk]);
      const end = begun.indexOf(LINE_FEED);
      const compared = Math.min(begun.length, BEARER.length);
      if (!begun.subarray(0, compared).equals(BEARER.subarray(0, compared))) done(withoutToken(begun), begun);
      else if (end !== -1) {
        const secret = begun.subarray(BEARER.length, end).toString('utf8').trim();
        done({ kind: 'token', secret }, begun.subarray(end + 1));
      } else if (begun.length > MAX_BYTES) done({ kind: 'token', secret: '' }, Buffer.alloc(0));
    };
    const onEnd = () => done(withoutToken(begun), begun);
    socket.on('data', onData).once('end', onEnd).once('close', onEnd);
  });
}

function withoutToken(begun: Buffer): FirstLine {
  return { kind: begun.length === 0 || MESSAGE.test(begun.toString('latin1', 0, 1)) ? 'message' : 'other' };
}
