import type { Engine } from '../../../src/engine/port.ts';
import { proxyTo } from '../../postgres/proxy.ts';
import { DatabasePlace } from '../../postgres/subject.ts';
import { engineContract } from '../contract/engine-contract.ts';

/** Where the engines under test connect, and where a superuser does. */
export interface Server {
  readonly admin: string;
  readonly through: string;
}

/** The contract of all engines, on a server. */
export function postgresContract(name: string, { admin, through }: Server): void {
  engineContract(name, async () => {
    const place = new DatabasePlace(admin, undefined, through);
    await place.prepare();
    const opened: Engine[] = [];
    const closers: Array<() => Promise<void>> = [];
    const open = (at = place) => {
      const engine = at.open();
      opened.push(engine);
      return engine;
    };
    return {
      open: () => open(),
      openLosingAnAnswer: () => {
        const proxy = proxyTo(through);
        proxy.loseAnAnswer();
        closers.push(proxy.close);
        return open(new DatabasePlace(admin, place.schema, proxy.url));
      },
      damageObject: (digest, bytes) => place.damageObject(digest, bytes),
      placeEntry: (index, bytes) => place.placeEntry(index, bytes),
      ageObject: (digest) => place.ageObject(digest),
      remote: ['postgres', place.url],
      dispose: async () => {
        await Promise.all(opened.map((engine) => engine.close()));
        for (const close of closers) await close();
        await place.drop();
      },
    };
  });
}
