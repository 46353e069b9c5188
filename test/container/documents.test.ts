import { expect, it, onTestFinished } from 'vitest';
import { blocksOf, commandsOf, documents } from '../documents/blocks.ts';
import { Reader } from '../documents/reader.ts';
import { DOCKER, describeContainer, IMAGE, volume } from './engine.ts';

describeContainer('the commands that need a container engine', () => {
  const blocks = documents()
    .flatMap(blocksOf)
    .filter(({ mark }) => mark?.what === 'a container engine');

  it.each(blocks.map((block) => [block.place, block] as const))('%s', async (_, block) => {
    const reader = new Reader();
    onTestFinished(() => reader.leave());
    const store = await volume();
    for (const command of commandsOf(block)) {
      // The image is there already, under another name.
      if (command.startsWith('docker build ')) continue;
      const here = command
        .replace(/\bdocker (?=run|system)/, `'${DOCKER}' `)
        .replace('mcp-config-store:/app/var', `${store}:/app/var`)
        .replace(/ mcp-config-store(?= |$)/, ` ${IMAGE}`);
      expect(here).not.toMatch(/ mcp-config-store(?= |$)/);
      await reader.run(here);
    }
  });
});
