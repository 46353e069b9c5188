import { connect, createServer, type Server, type Socket } from 'node:net';

/** A line between a program and a database, which can be cut. */
export interface Proxy {
  /** The database's address, through this line. */
  readonly url: string;
  /** Cuts every connection there is now. */
  cut(): void;
  /** Until it is called with false, connections are refused as well. */
  block(blocked: boolean): void;
  /** Swallows the next answer that says a commit was made, and cuts that connection; with `block` also as `block` does. */
  loseAnAnswer(options?: { readonly block?: boolean }): void;
  /** Nothing passes any more on the connections that had transactions, and nobody hears of it; new ones are as before. */
  muteTurns(): void;
  /** The same for one connection, from its next COMMIT on. */
  muteAtCommit(): void;
  /** How many appends were sent of which no answer came through. */
  readonly unanswered: number;
  close(): Promise<void>;
}

/** The first byte of an answer that is an error. */
const ERROR = 0x45;

/** The message that ends a transaction: its kind, its length, and the statement. */
const COMMIT = Buffer.from('Q\0\0\0\x0bCOMMIT\0');

/** Opens a line to a database. */
export function proxyTo(url: string): Proxy {
  const target = new URL(url);
  const [host, port] = [target.hostname, Number(target.port)];
  const sockets = new Set<Socket>();
  let toLose = 0;
  let unanswered = 0;
  let blocked = false;
  let blockAfter = false;
  let muteNext = false;
  /** Connections that have had a transaction, and those that are silent now. */
  const withTurns = new Set<Socket>();
  const muted = new Set<Socket>();
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const block = (yes: boolean) => {
    blocked = yes;
    if (yes) cut();
  };
  const server: Server = createServer((near) => {
    if (blocked) {
      near.destroy();
      return;
    }
    const far = connect(port, host);
    let pending = false;
    let inTransaction = false;
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        if (!muted.has(near)) other.destroy();
        if (pending) unanswered++;
        pending = false;
      });
    }
    near.on('data', (part) => {
      if (muted.has(near)) return;
      inTransaction ||= part.includes('BEGIN');
      if (inTransaction) withTurns.add(near);
      pending ||= part.includes('.log (idx, envelope) VALUES');
      const commit = muteNext && pending ? part.indexOf(COMMIT) : -1;
      if (commit === -1) far.write(part);
      else {
        muteNext = false;
        muted.add(near);
        far.write(part.subarray(0, commit));
      }
    });
    far.on('data', (part) => {
      if (muted.has(near)) return;
      const ended = part.includes('COMMIT\0') || part.includes('ROLLBACK\0');
      const done = inTransaction ? ended : part.includes('INSERT 0 ');
      inTransaction &&= !ended;
      if (toLose > 0 && pending && done) {
        toLose--;
        near.destroy();
        if (blockAfter) block(true);
        return;
      }
      if (done || part[0] === ERROR) pending = false;
      near.write(part);
    });
  });
  server.listen(0); // of all interfaces, because that has its port at once
  target.hostname = '127.0.0.1';
  target.port = String((server.address() as { port: number }).port);
  return {
    url: target.href,
    cut,
    block,
    loseAnAnswer: (options = {}) => {
      toLose++;
      blockAfter = options.block === true;
    },
    muteTurns: () => {
      for (const near of withTurns) muted.add(near);
    },
    muteAtCommit: () => {
      muteNext = true;
    },
    get unanswered() {
      return unanswered;
    },
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
