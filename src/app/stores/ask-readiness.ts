import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isLoopback, type ListenAddress, urlHost } from '../../core/access/listen-address.ts';
import type { NetworkSettings } from '../settings/network-settings.ts';

/** How long the answer may take: less than the ten seconds the image gives the whole check; milliseconds. */
const LIMIT_MS = 8_000;

/** The word of a server about itself. */
export interface ReadinessAnswer {
  readonly url: string;
  readonly ready: boolean;
  /** The JSON it answered, or the reason why it did not. */
  readonly said: string;
}

/** Asks the server that these settings describe, on this machine, whether it can serve. Opens no store; never throws. */
export async function askReadiness(
  { host, port }: ListenAddress,
  tls: NetworkSettings['tls'],
): Promise<ReadinessAnswer> {
  const everywhere = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const url = `http${tls === undefined ? '' : 's'}://${urlHost(everywhere)}:${port}/readyz`;
  try {
    const { status, text } = await get(url, isLoopback(everywhere));
    return { url, ready: status === 200, said: text.slice(0, 500) };
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    return { url, ready: false, said: code ?? name };
  }
}

/** The certificate is for the name that others use; on loopback there is no one in between. */
function get(url: string, isOwn: boolean): Promise<{ status: number; text: string }> {
  const options = { timeout: LIMIT_MS, agent: false };
  return new Promise((resolve, reject) => {
    const read = (response: IncomingMessage) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text })).on('error', reject);
    };
    const request = url.startsWith('https:')
      ? requestHttps(url, { ...options, rejectUnauthorized: !isOwn }, read)
      : requestHttp(url, options, read);
    request.on('timeout', () => request.destroy(new Error('no answer in time'))).on('error', reject);
    request.end();
  });
}
