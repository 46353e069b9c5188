import { expect, test } from 'vitest';
import { StdioPeer } from '../e2e/server-process.ts';
import { DOCKER, describeContainer, IMAGE, run, volume } from './engine.ts';

interface Printed {
  readonly mcpServers: Record<string, { readonly command: string; readonly args: string[] }>;
}

describeContainer('install in the image', () => {
  test('prints an entry, and that entry starts a server that keeps what it is told', async () => {
    const { code, stdout, stderr } = await run(['install', 'claude-desktop', '--print']);
    expect([code, stderr]).toEqual([0, '']);
    const { command, args } = (JSON.parse(stdout) as Printed).mcpServers['config-store'] ?? { command: '', args: [] };
    expect([command, args.at(-1)]).toEqual([expect.stringMatching(/^(?:\/|C:\\)/), 'mcp-config-store']);
    // Its own volume and the image under test, for the names that people have.
    const store = await volume();
    const line = args.map((arg) => arg.replace(/^mcp-config-store(?=:)/, store).replace(/^mcp-config-store$/, IMAGE));
    for (const [tool, given] of [
      ['put_config', { name: 'a', json: { kept: true } }],
      ['get_config', { name: 'a' }],
    ] as const) {
      const peer = new StdioPeer(DOCKER, line);
      await peer.initialize();
      peer.call(2, tool, given);
      expect((await peer.reply(2)).result).toMatchObject({ structuredContent: { name: 'a', version: 1 } });
      peer.child.stdin.end();
      expect(await peer.exited).toEqual([0, null]);
    }
  });

  test('writes nothing to a home that is not yours, and says what to do', async () => {
    const { code, stdout, stderr } = await run(['install', 'claude-desktop']);
    expect([code, stdout]).toEqual([64, '']);
    expect(stderr).toMatch(/ARGUMENT_INVALID: the file of Claude Desktop is not in this container.*--print/);
  });
});
