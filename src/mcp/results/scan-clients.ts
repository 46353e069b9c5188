import type { ScanClientsResult, ScannedClient } from '../../verbs/clients/scan-clients.ts';
import { guide } from '../advice.ts';
import { cutLines } from './lines.ts';
import { wordOrQuote } from './others.ts';
import type { Rendering } from './rendering.ts';

/** Renders one line per file, and one per server. */
export const scanClientsRendering: Rendering<ScanClientsResult> = {
  text: ({ clients }) => cutLines(clients.flatMap(lines)),
  structured: ({ clients }) => ({
    clients: clients.map(({ next, ...client }) => ({ ...client, ...(next !== undefined && { next: guide(next) }) })),
  }),
};

function lines({ client, path, state, fault, config, servers }: ScannedClient): string[] {
  const deployed = config === undefined ? '' : `  ${config.name} version ${config.version}`;
  return [
    `${client}  ${state}  ${wordOrQuote(path)}${deployed}${fault === undefined ? '' : `  ${fault}`}`,
    ...servers.map(({ name, transport, owned, enabled, drift }) => {
      const flags = [owned ? 'ours' : '', enabled ? '' : 'off', drift ?? ''].filter((flag) => flag !== '').join(', ');
      return `  ${wordOrQuote(name)}  ${transport}${flags === '' ? '' : `  ${flags}`}`;
    }),
  ];
}
