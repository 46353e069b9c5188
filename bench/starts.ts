import type { Contenders } from './calls.ts';
import { type Quantiles, quantiles } from './statistics.ts';
import { StdioPeer } from './stdio-peer.ts';

/** Milliseconds from asking for the process to two answers. */
export interface Starts {
  readonly initialize: Record<string, Quantiles>;
  readonly firstCall: Record<string, Quantiles>;
}

/** Starts both servers again and again, in turn; the store is the one that the round trips left. */
export async function measureStarts(rounds: number, scripts: Contenders, env: NodeJS.ProcessEnv): Promise<Starts> {
  const contenders = {
    echo: { script: scripts.echo, args: [], tool: 'echo', arguments: { content: 'x' } },
    'server, list_configs': server('list_configs', {}),
    'server, get_config': server('get_config', { name: 'bench/config-0' }),
  };
  function server(tool: string, args: object) {
    return { script: scripts.server, args: ['serve', '--var', scripts.storeVar], tool, arguments: args };
  }
  const samples = Object.fromEntries(
    Object.keys(contenders).map((name) => [name, { initialize: [] as number[], firstCall: [] as number[] }]),
  );
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, contender] of Object.entries(contenders)) {
      const peer = new StdioPeer(contender.script, contender.args, env);
      await peer.initialize();
      samples[name]?.initialize.push(peer.ageMs);
      await peer.call(contender.tool, contender.arguments);
      samples[name]?.firstCall.push(peer.ageMs);
      await peer.close();
    }
  }
  const of = (answer: 'initialize' | 'firstCall') =>
    Object.fromEntries(Object.entries(samples).map(([name, sample]) => [name, quantiles(sample[answer])]));
  return { initialize: of('initialize'), firstCall: of('firstCall') };
}
