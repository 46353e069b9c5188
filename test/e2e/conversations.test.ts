import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, onTestFinished, test } from 'vitest';
import { undescribed } from '../mcp/described.ts';
import { fillIn, readConversation } from './conversation-file.ts';
import { COMMAND, temporaryVar } from './server-process.ts';

const FOLDER = join(import.meta.dirname, '../conversations');
const FILES = await readdir(FOLDER);

/** The programs that use one store, each with a server of its own, as hosts start it. */
class Programs {
  readonly home: string;
  readonly #open = new Map<string, Client>();

  constructor(home: string) {
    this.home = home;
    onTestFinished(() => this.close());
  }

  /** Calls a tool, and returns the whole result as the program gets it. */
  async call(program: string, name: string, args: Record<string, unknown>) {
    const client = this.#open.get(program) ?? (await this.#start(program));
    return client.callTool({ name, arguments: args });
  }

  /** Ends all servers, so that what they did is in the telemetry. */
  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((client) => client.close()));
    this.#open.clear();
  }

  async #start(program: string): Promise<Client> {
    const client = new Client({ name: program, version: '1.0.0' });
    this.#open.set(program, client);
    const env = { PATH: process.env['PATH'] ?? '', HOME: this.home };
    const args = [COMMAND, 'serve', '--var', join(this.home, 'var')];
    await client.connect(new StdioClientTransport({ command: process.execPath, args, env }));
    return client;
  }
}

test.each(FILES)('%s goes as it is written', async (file) => {
  const { mostCalls, mostBytes, steps } = readConversation(await readFile(join(FOLDER, file), 'utf8'));
  const programs = new Programs(await temporaryVar());
  let answer: unknown;
  const spent = { calls: 0, bytes: 0 };
  for (const { kind, what, by, text } of steps) {
    if (kind === 'file') {
      const path = join(programs.home, what);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    } else if (kind === 'result') {
      expect(answer).toMatchObject(JSON.parse(text));
    } else {
      if (kind === 'call' && spent.calls === 0) await programs.close();
      const result = await programs.call(by, what, fillIn(text, answer));
      answer = result.structuredContent;
      expect(result.isError === true, JSON.stringify(answer)).toBe(kind === 'refused');
      if (kind !== 'call') continue;
      expect(undescribed(what, answer)).toEqual([]);
      spent.calls++;
      spent.bytes += Buffer.byteLength(JSON.stringify(result));
    }
  }
  expect(spent.calls).toBeGreaterThan(0);
  expect(spent.calls).toBeLessThanOrEqual(mostCalls);
  expect(spent.bytes, `${spent.bytes} bytes`).toBeLessThanOrEqual(mostBytes);
});

test('docs/for-assistants.md tells all of them, with what each may cost', async () => {
  const told = await readFile(join(import.meta.dirname, '../../docs/for-assistants.md'), 'utf8');
  for (const file of FILES) {
    const { title, mostCalls, mostBytes } = readConversation(await readFile(join(FOLDER, file), 'utf8'));
    const link = `[${title}](../test/conversations/${file})`;
    expect(told).toContain(`| ${link} | ${mostCalls} | ${mostBytes.toLocaleString('en')} |`);
  }
});
