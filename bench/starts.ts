import type { Contenders } from './calls.ts';
import { type Quantiles, quantiles } from './statistics.ts';
import { StdioPeer } from './stdio-peer.ts';

/** Milliseconds from asking for the process to two answers. */
export interface Starts {
  readonly initialize: Record<string, Quantiles>;
  readonly firstCall: Record<string, Quantiles>;
}

/**
 * Starts both servers again and again, in turn, with and without V8's compile cache; the store is the one that the round
 * trips left. The first round, which fills the caches, is not counted.
 */
export async function measureStarts(rounds: number, scripts: Contenders, env: NodeJS.ProcessEnv): Promise<Starts> {
  const serve = ['serve', '--var', scripts.storeVar];
  const without = { ...env, NODE_DISABLE_COMPILE_CACHE: '1' };
  const echo = { script: scripts.echo, args: [], tool: 'echo', input: { content: 'x' } };
  const list = { script: scripts.server, args: serve, tool: 'list_configs', input: {} };
  const get = { script: scripts.server, args: serve, tool: 'get_config', input: { name: 'bench/config-0' } };
  const contenders = {
    echo: { ...echo, env: { ...env, NODE_COMPILE_CACHE: scripts.echoCache } },
    list_configs: { ...list, env },
    get_config: { ...get, env },
    'echo, no cache': { ...echo, env: without },
    'list_configs, no cache': { ...list, env: without },
  };
  const samples = Object.entries(contenders).map(([name, contender]) => ({
    name,
    contender,
    initialize: [] as number[],
    firstCall: [] as number[],
  }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { contender, initialize, firstCall } of samples) {
      const peer = new StdioPeer(contender.script, contender.args, contender.env);
      await peer.initialize();
      const initializedMs = peer.ageMs;
      await peer.call(contender.tool, contender.input);
      const answeredMs = peer.ageMs;
      await peer.close();
      if (round === 0) continue;
      initialize.push(initializedMs);
      firstCall.push(answeredMs);
    }
  }
  return {
    initialize: Object.fromEntries(samples.map((sample) => [sample.name, quantiles(sample.initialize)])),
    firstCall: Object.fromEntries(samples.map((sample) => [sample.name, quantiles(sample.firstCall)])),
  };
}
