import type { Socket } from 'node:net';

/** The longest first line that can hold a token, in bytes. */
const MAX_BYTES = 4_096;
const LINE_FEED = 0x0a;
const BEARER = Buffer.from('Bearer ');

/**
 * Reads the secret of a connection that begins with the line `Bearer TOKEN`; undefined for one that begins with anything else.
 * Everything behind that line, or else all of it, is left to be read.
 */
export function readFirstLine(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    let begun = Buffer.alloc(0);
    const done = (secret: string | undefined, rest: Buffer) => {
      socket.off('data', onData).off('end', onEnd).off('close', onEnd);
      socket.pause();
      if (rest.length > 0) socket.unshift(rest);
      resolve(secret);
    };
    const onData = (chunk: Buffer) => {
      begun = Buffer.concat([begun, chunk]);
      const end = begun.indexOf(LINE_FEED);
      const compared = Math.min(begun.length, BEARER.length);
      if (!begun.subarray(0, compared).equals(BEARER.subarray(0, compared))) done(undefined, begun);
      else if (end !== -1) done(begun.subarray(BEARER.length, end).toString('utf8').trim(), begun.subarray(end + 1));
      else if (begun.length > MAX_BYTES) done('', Buffer.alloc(0));
    };
    const onEnd = () => done(undefined, begun);
    socket.on('data', onData).once('end', onEnd).once('close', onEnd);
  });
}
