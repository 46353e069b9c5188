import type { Readable, Writable } from 'node:stream';
import {
  CLIENT_CAPABILITIES_META_KEY,
  isJSONRPCErrorResponse,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type RequestId,
  type Transport,
} from '@modelcontextprotocol/server';
import { readInbound } from '../inbound.ts';
import { encodeMessage, MAX_MESSAGE_BYTES } from '../outbound.ts';
import { type Line, LineSplitter } from './line-splitter.ts';

/** Unread answers above which reading pauses, in bytes; below it a client may send many requests before it reads. */
const MAX_UNREAD_BYTES = 16_777_216;

/** The streams and callbacks of a {@link LineTransport}. */
export interface LineTransportOptions {
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** Called once when nothing more can come in (end of input) or go out (the reader is gone); the transport stays usable. */
  readonly onEnd: (reason: 'stdin' | 'stdout') => void;
  /** Called for every request and notification before it is served. */
  readonly onInbound?: ((method: string) => void) | undefined;
  /** Asked before each message: false when nothing more is taken from this client. */
  readonly admits?: (() => boolean) | undefined;
  /** Called once, after the first answer was handed over. */
  readonly onFirstAnswer?: (() => void) | undefined;
}

/**
 * MCP's stdio transport: one JSON-RPC message a line. Beyond the SDK's own it answers whatever it cannot read, caps a
 * message without dying of it, keeps count of the calls in flight so that they can be drained, and leaves it to its owner
 * to close after the end of input.
 */
export class LineTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  /** The client's capabilities, as its newest request for the tools declares them (2026 era). */
  declared: unknown;
  readonly #options: LineTransportOptions;
  readonly #splitter = new LineSplitter(MAX_MESSAGE_BYTES);
  readonly #inFlight = new Set<RequestId>();
  #idle: Array<() => void> = [];
  #started = false;
  #closed = false;
  #ended = false;
  #broken = false;
  #answered = false;
  #reading = true;

  constructor(options: LineTransportOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    if (this.#started) throw new Error('the transport was started twice');
    this.#started = true;
    const { stdin, stdout } = this.#options;
    // Resumed in so many words: a socket whose first line was read before is paused.
    stdin.on('data', this.#onData).resume();
    stdin.on('end', this.#onInputEnd);
    stdin.on('close', this.#onInputEnd);
    stdin.on('error', this.#onInputError);
    stdout.on('error', this.#onOutputError);
    stdout.on('drain', this.#onDrain);
  }

  /** Resolves when the line is handed to the operating system, or at once when the reader is gone. */
  async send(message: JSONRPCMessage): Promise<void> {
    if (isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) this.#settle(message.id);
    if (this.#broken || this.#closed) return;
    const text = encodeMessage(message);
    await new Promise<void>((resolve) => {
      // The stream's error event reports a failed write; the reader is gone.
      const more = this.#options.stdout.write(`${text}\n`, () => resolve());
      if (!more && this.#options.stdout.writableLength > MAX_UNREAD_BYTES) this.#options.stdin.pause();
    });
    if (this.#answered) return;
    this.#answered = true;
    this.#options.onFirstAnswer?.();
  }

  /** Resolves with true once no call is in flight, with false when that takes longer than `timeoutMs`. */
  async drained(timeoutMs: number): Promise<boolean> {
    if (this.#inFlight.size === 0) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      this.#idle.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  /** Takes no more input; calls in flight are still answered. */
  stopReading(): void {
    this.#reading = false;
    const { stdin } = this.#options;
    stdin.off('data', this.#onData);
    stdin.pause();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.stopReading();
    const { stdin, stdout } = this.#options;
    stdin.off('end', this.#onInputEnd);
    stdin.off('close', this.#onInputEnd);
    // The error listeners stay: a late EPIPE must not become an uncaught exception.
    stdout.off('drain', this.#onDrain);
    this.onclose?.();
  }

  readonly #onData = (chunk: Buffer): void => {
    for (const line of this.#splitter.push(chunk)) this.#take(line);
  };

  readonly #onInputEnd = (): void => {
    if (this.#ended) return;
    const last = this.#splitter.end();
    if (last !== undefined) this.#take(last);
    this.#end('stdin');
  };

  readonly #onInputError = (error: Error): void => {
    this.onerror?.(error);
    this.#onInputEnd();
  };

  readonly #onOutputError = (error: Error): void => {
    this.#broken = true;
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') this.onerror?.(error);
    this.#end('stdout');
  };

  readonly #onDrain = (): void => {
    if (this.#reading) this.#options.stdin.resume();
  };

  #end(reason: 'stdin' | 'stdout'): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.onEnd(reason);
  }

  #take(line: Line): void {
    if (this.#options.admits?.() === false) return;
    const inbound = readInbound(line, MAX_MESSAGE_BYTES);
    if (inbound.kind === 'message') this.#deliver(inbound.message);
    else if (inbound.kind === 'refused') for (const answer of inbound.answers) void this.send(answer);
  }

  #deliver(message: JSONRPCMessage): void {
    if ('method' in message) {
      this.#options.onInbound?.(message.method);
      if (message.method === 'tools/list') this.declared = message.params?._meta?.[CLIENT_CAPABILITIES_META_KEY];
      // A subscription is answered when it ends, so it is never waited for.
      if ('id' in message && message.method !== 'subscriptions/listen') this.#inFlight.add(message.id);
      if (message.method === 'notifications/cancelled') this.#settle(message.params?.['requestId']);
    }
    this.onmessage?.(message);
  }

  #settle(id: unknown): void {
    if (!this.#inFlight.delete(id as RequestId) || this.#inFlight.size > 0) return;
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }
}
