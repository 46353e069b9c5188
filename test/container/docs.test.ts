import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dockerEntry } from '../../src/clients/entry.ts';
import { StdioPeer } from '../e2e/server-process.ts';
import { DOCKER, describeContainer, IMAGE, volume } from './engine.ts';

describeContainer('the command people paste', () => {
  test('is the same in docs/container.md and in "install --docker", and it serves', async () => {
    const docs = await readFile(join(import.meta.dirname, '../../docs/container.md'), 'utf8');
    const { command, args } = dockerEntry('docker');
    const line = [command, ...args].join(' ');
    expect(docs.split('\n')).toContain(line);
    const store = await volume();
    const pasted = args.map((arg) =>
      arg === 'mcp-config-store' ? IMAGE : arg.replace('mcp-config-store:', `${store}:`),
    );
    const peer = new StdioPeer(DOCKER, pasted);
    await peer.initialize();
    peer.call(1, 'check_health', {});
    expect((await peer.reply(1)).result).toMatchObject({ structuredContent: { ok: true } });
    peer.child.stdin.end();
    expect((await peer.exited)[0]).toBe(0);
    for (const line of peer.stderr.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ level: 'info' });
  });
});
