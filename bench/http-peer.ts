import { Agent, type IncomingMessage, request as requestHttp } from 'node:http';
import { text } from 'node:stream/consumers';

/** Revisions of the protocol that are measured: the last with a handshake, and the first without. */
export type Revision = '2025-11-25' | '2026-07-28';

interface Answer {
  readonly result?: { readonly isError?: boolean };
  readonly error?: { readonly message: string };
}

/** The least an MCP client over HTTP can be: one request a connection at a time, as many connections as there are requests. */
export class HttpPeer {
  readonly #url: string;
  readonly #revision: Revision;
  readonly #agent = new Agent({ keepAlive: true });
  #session: string | undefined;
  #nextId = 1;

  constructor(url: string, revision: Revision) {
    this.#url = url;
    this.#revision = revision;
  }

  /** The handshake, where the revision has one; a session that the server begins is kept. */
  async initialize(): Promise<void> {
    if (this.#revision === '2026-07-28') return void (await this.request('server/discover', {}));
    const clientInfo = { name: 'bench', version: '0' };
    const params = { protocolVersion: this.#revision, capabilities: {}, clientInfo };
    await this.request('initialize', params);
    await this.#post({ jsonrpc: '2.0', method: 'notifications/initialized' }, {});
  }

  /** @throws Error when the tool says that it failed: nothing is measured by accident that did not work */
  async call(name: string, args: object): Promise<void> {
    const { result } = await this.request('tools/call', { name, arguments: args }, { 'mcp-name': name });
    if (result?.isError === true) throw new Error(`${name} failed: ${JSON.stringify(result).slice(0, 500)}`);
  }

  /** One request and its answer. */
  async request(method: string, params: object, headers: Record<string, string> = {}): Promise<Answer> {
    const isModern = this.#revision === '2026-07-28';
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': this.#revision,
      'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '0' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const message = { jsonrpc: '2.0', id: this.#nextId++, method, params: isModern ? { ...params, _meta } : params };
    const answered = await this.#post(message, isModern ? { 'mcp-method': method, ...headers } : {});
    const [, data = answered] = /^data: (\{.+)$/m.exec(answered) ?? [];
    const answer = JSON.parse(data) as Answer;
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
    return answer;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #post(message: object, more: Record<string, string>): Promise<string> {
    const body = JSON.stringify(message);
    const headers = {
      ...{ 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      ...{ 'content-length': Buffer.byteLength(body), 'mcp-protocol-version': this.#revision },
      ...(this.#session !== undefined && { 'mcp-session-id': this.#session }),
      ...more,
    };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      requestHttp(this.#url, { method: 'POST', agent: this.#agent, headers }, resolve).on('error', reject).end(body);
    });
    const session = response.headers['mcp-session-id'];
    if (typeof session === 'string') this.#session = session;
    const answered = await text(response);
    if ((response.statusCode ?? 0) >= 300) throw new Error(`status ${response.statusCode}: ${answered.slice(0, 500)}`);
    return answered;
  }
}
