import { connect, createServer, type Server, type Socket } from 'node:net';

/** A line between a program and a database, which can be cut. */
export interface Proxy {
  /** The database's address, through this line. */
  readonly url: string;
  /** Cuts every connection there is now. */
  cut(): void;
  /** Until it is called with false, connections are refused as well. */
  block(blocked: boolean): void;
  /** Swallows the next answer that says a commit was made, and cuts that connection. */
  loseAnAnswer(): void;
  close(): Promise<void>;
}

/** Opens a line to a database. */
export function proxyTo(url: string): Proxy {
  const target = new URL(url);
  const [host, port] = [target.hostname, Number(target.port)];
  const sockets = new Set<Socket>();
  let toLose = 0;
  let blocked = false;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server: Server = createServer((near) => {
    if (blocked) {
      near.destroy();
      return;
    }
    const far = connect(port, host);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    let appends = false;
    near.on('data', (part) => {
      appends ||= part.includes('.log (idx, envelope) VALUES');
      far.write(part);
    });
    far.on('data', (part) => {
      if (toLose > 0 && appends && part.includes('INSERT 0 ')) {
        toLose--;
        near.destroy();
        return;
      }
      if (part.includes('INSERT 0 ')) appends = false;
      near.write(part);
    });
  });
  server.listen(0); // of all interfaces, because that has its port at once
  target.hostname = '127.0.0.1';
  target.port = String((server.address() as { port: number }).port);
  return {
    url: target.href,
    cut,
    block: (yes) => {
      blocked = yes;
      if (yes) cut();
    },
    loseAnAnswer: () => {
      toLose++;
    },
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
