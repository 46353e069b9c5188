import { StoreError } from '../core/errors.ts';
import type { Disk } from './disk.ts';
import { fileFault } from './file-fault.ts';

/**
 * A disk that is written no more once its state is unknown: after a failed fsync, or an I/O error at any other call. A
 * second fsync would report success for pages the kernel has given up, so only a restart and a look help.
 */
export class HaltingDisk implements Disk {
  readonly #disk: Disk;
  readonly #paths = new Map<number, string>();
  #reason: StoreError | undefined;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** STATE_UNKNOWN, once nothing more is written. */
  get halted(): StoreError | undefined {
    return this.#reason;
  }

  /** Ends all writing; the first reason stays. */
  halt(reason: StoreError): void {
    this.#reason ??= reason;
  }

  open(path: string, flags: string, mode?: number): number {
    const fd = this.#call(path, 'open', () => this.#disk.open(path, flags, mode));
    this.#paths.set(fd, path);
    return fd;
  }

  write(fd: number, bytes: Uint8Array): number {
    return this.#call(this.#paths.get(fd) ?? '', 'write', () => this.#disk.write(fd, bytes));
  }

  close(fd: number): void {
    this.#paths.delete(fd);
    this.#disk.close(fd);
  }

  async fsync(fd: number): Promise<void> {
    try {
      await this.#disk.fsync(fd);
    } catch (error) {
      const reason = unconfirmed(this.#paths.get(fd) ?? '', error);
      this.halt(reason);
      throw reason;
    }
  }

  /** An error does not halt: whose file has the name tells whether it took effect. */
  link(existing: string, target: string): void {
    this.#check();
    this.#disk.link(existing, target);
  }

  rename(from: string, to: string): void {
    this.#call(to, 'rename', () => this.#disk.rename(from, to));
  }

  /** An error does not halt: what is left behind is swept later, or its removal is tried again. */
  unlink(path: string): void {
    this.#check();
    this.#disk.unlink(path);
  }

  mkdir(path: string, mode: number): void {
    this.#call(path, 'mkdir', () => this.#disk.mkdir(path, mode));
  }

  identity(path: string): { dev: number; ino: number } | undefined {
    try {
      return this.#disk.identity(path);
    } catch (error) {
      throw fileFault(error, path, 'look at');
    }
  }

  #check(): void {
    if (this.#reason !== undefined) throw this.#reason;
  }

  #call<T>(path: string, verb: string, run: () => T): T {
    this.#check();
    try {
      return run();
    } catch (error) {
      const fault = fileFault(error, path, verb);
      if (fault.code === 'STATE_UNKNOWN') this.halt(fault);
      throw error;
    }
  }
}

function unconfirmed(path: string, cause: unknown): StoreError {
  return new StoreError('STATE_UNKNOWN', `the disk did not confirm a write to ${path}`, {
    hint: 'What is on the disk is unknown, so this process writes nothing more. Check the disk and its log, restart, and look what is there.',
    advice: [{ do: 'verify' }],
    cause,
  });
}
