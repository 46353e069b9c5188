import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUNDLE } from '../cli/run-cli.ts';
import { type Block, commandsOf } from './blocks.ts';

/** Programs that go on until they are stopped; the next command is typed in another window. */
const STAYS = /^config-store (?:serve --|telemetry --follow)/;

/** What a reader of one document has besides the page. */
export interface Circumstances {
  /** Exit codes other than 0 that the page speaks of, by command. */
  readonly exits?: Readonly<Record<string, number>>;
  /** Beginnings of commands that ask, to which the reader says yes. */
  readonly saysYes?: readonly string[];
}

/** A person with the command installed, an empty home folder and the page. */
export class Reader {
  readonly folder = mkdtempSync(join(tmpdir(), 'reader-'));
  readonly home = join(this.folder, 'home');
  readonly data = join(this.home, '.local', 'share', 'mcp-config-store');
  /** What the page's example values are here, such as a port. */
  readonly examples: Record<string, string> = {};
  readonly #circumstances: Circumstances;
  readonly #started: ChildProcess[] = [];

  constructor(circumstances: Circumstances = {}) {
    this.#circumstances = circumstances;
    for (const path of ['bin', 'home']) mkdirSync(join(this.folder, path));
    this.program('config-store', `exec '${process.execPath}' '${BUNDLE}' "$@"`);
    writeFileSync(join(this.folder, '.exported'), '');
  }

  /** Puts a program of this name on the reader's PATH. */
  program(name: string, script: string): string {
    const path = join(this.folder, 'bin', name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  /** Writes a file into the folder the reader stands in. */
  file(name: string, text: string): void {
    mkdirSync(join(this.folder, name, '..'), { recursive: true });
    writeFileSync(join(this.folder, name), text);
  }

  /** Does what a block says, command after command; throws at the first that ends in another way than the page says. */
  async follow(block: Block): Promise<void> {
    if (block.mark?.kind === 'save as') return this.file(block.mark.what, block.text);
    for (const command of commandsOf(block)) await this.#type(block, this.#asTyped(command));
  }

  /** Runs a command, and returns what it printed. */
  async run(command: string, shell = 'sh', code = 0): Promise<string> {
    // What one command exports is there for the next, as in one window.
    const kept = `. ./.exported\n${command}\nleft=$?; export -p >.exported; exit $left`;
    const child = this.#spawn(shell, shell === 'sh' ? kept : command);
    let said = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    const [left] = (await once(child, 'close')) as [number | null];
    if (left !== code) throw new Error(`${command}\nended with ${left}, not ${code}:\n${said}`);
    return said;
  }

  /** Stops what still runs, and removes the folder. */
  async leave(): Promise<void> {
    for (const child of this.#started) {
      if (child.exitCode !== null) continue;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  #asTyped(command: string): string {
    const { saysYes = [] } = this.#circumstances;
    let typed = command;
    for (const [example, here] of Object.entries(this.examples)) typed = typed.replaceAll(example, here);
    const asks = saysYes.some((start) => typed.startsWith(start));
    return asks ? typed.replace(/( +#.*)?$/, ' --yes$1') : typed;
  }

  async #type(block: Block, command: string): Promise<void> {
    if (STAYS.test(command)) return this.#start(command);
    const { exits = {} } = this.#circumstances;
    const [, code = 0] = Object.entries(exits).find(([start]) => command.startsWith(start)) ?? [];
    await this.run(command, block.shell, code).catch((error: unknown) => {
      throw new Error(`${block.place}: ${(error as Error).message}`);
    });
  }

  /** Starts what goes on, and waits until it says that it is there. */
  async #start(command: string): Promise<void> {
    const child = this.#spawn('sh', `. ./.exported\nexec ${command}`);
    this.#started.push(child);
    let said = '';
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', () => command.includes('--follow') && resolve());
      for (const stream of [child.stdout, child.stderr])
        stream?.setEncoding('utf8').on('data', (text: string) => {
          said += text;
          if (said.includes('listening on')) resolve();
        });
      child.once('exit', (code) => reject(new Error(`${command}\nended with ${code}:\n${said}`)));
    });
  }

  #spawn(shell: string, script: string): ChildProcess {
    return spawn(shell, ['-c', script], {
      cwd: this.folder,
      env: {
        PATH: `${join(this.folder, 'bin')}:${process.env['PATH']}`,
        HOME: this.home,
        // zsh's own folders are the machine's.
        ZDOTDIR: this.home,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}
