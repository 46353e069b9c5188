import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, inject, it, onTestFinished } from 'vitest';
import { puts } from '../store/temporary-var.ts';
import type { Binaries } from './binaries.ts';
import { machine, openAt } from './installations.ts';
import { proxyTo } from './proxy.ts';
import { PostgresServer } from './server.ts';
import { DatabasePlace, inSchema } from './subject.ts';

const { binaries } = inject('postgres');
const SECRET = 'tomato-lantern-42';

/** The forms in which bytes get into logs of a database. */
const FORMS = [SECRET, Buffer.from(SECRET).toString('hex'), Buffer.from(SECRET).toString('base64').slice(0, 20)];

it.skipIf(binaries === undefined)(
  'no content gets into the log of the database, our errors, or files that are not meant for it',
  async () => {
    const server = await PostgresServer.start(binaries as Binaries);
    onTestFinished(() => server.dispose());
    await server.query('CREATE ROLE ada LOGIN');
    const place = new DatabasePlace(server.url());
    await place.prepare({ writer: 'ada' });
    const proxy = proxyTo(server.url('ada'));
    onTestFinished(proxy.close);
    const url = inSchema(proxy.url, place.schema);
    const paths = await machine();
    const stores = [await openAt(url, paths), await openAt(url, { ...paths, state: `${paths.state}-2` })];
    const errors: unknown[] = [];
    const put = async (i: number, name: string) => {
      try {
        await stores[i]?.writer.commit(puts({ [name]: `${SECRET} of ${name}` }, SECRET));
      } catch (error) {
        errors.push(error);
      }
    };
    await put(0, 'first');
    // Lost races, lost answers, a server that dies, damage, and statements that are refused.
    await Promise.all(
      [0, 1].map(async (i) => {
        for (let n = 0; n < 20; n++) await put(i, `s${i}/${n}`);
      }),
    );
    proxy.loseAnAnswer();
    await put(0, 'lost');
    const dying = put(1, 'dying');
    await server.crash();
    await server.run();
    await dying;
    const engine = new DatabasePlace(server.url('ada'), place.schema).open();
    const own = Buffer.from(SECRET);
    const entry = (index: number) => engine.log.stage({ index, envelope: own, artifacts: [engine.objects.begin(own)] });
    for (const attempt of [() => engine.log.publish([entry(5_000)]), () => engine.log.publish([entry(3)])])
      await attempt().catch((error: unknown) => errors.push(error));
    await engine.admin.remove('0'.repeat(64)).catch((error: unknown) => errors.push(error));
    await engine.close();
    for (const store of stores) await store.close();

    expect(server.log).toMatch(/ERROR/);
    expect(errors.length).toBeGreaterThan(0);
    const files = readdirSync(paths.root, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile() && !/\.sqlite/.test(file.name))
      .map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'));
    const texts = [server.log, ...files, ...errors.map((error) => inspect(error, { depth: 10, showHidden: true }))];
    for (const form of FORMS) for (const text of texts) expect(text).not.toContain(form);
  },
);
