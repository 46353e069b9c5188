import { sampleConfig } from './sample-config.ts';
import { interleave, type Quantiles } from './statistics.ts';
import { StdioPeer } from './stdio-peer.ts';

/** What is started: the two bundles, and the folder the store lives in. */
export interface Contenders {
  readonly echo: string;
  /** Folder of the echo server's own compile cache. */
  readonly echoCache: string;
  readonly server: string;
  readonly storeVar: string;
}

/** Round trips of 2 kB in milliseconds, to servers that have been running for a while. */
export async function measureCalls(
  rounds: number,
  scripts: Contenders,
  env: NodeJS.ProcessEnv,
): Promise<Record<string, Quantiles>> {
  const echo = new StdioPeer(scripts.echo, [], env);
  const server = new StdioPeer(scripts.server, ['serve', '--var', scripts.storeVar], env);
  const nameOf = (round: number) => `bench/config-${round % 50}`;
  try {
    await echo.initialize();
    await server.initialize();
    return await interleave(
      { rounds, warmUpRounds: 50 },
      {
        echo: (round) => timed(() => echo.call('echo', { content: sampleConfig(round) })),
        put: (round) => {
          const put = { name: nameOf(round), content: sampleConfig(round), media_type: 'application/json' };
          return timed(() => server.call('put_config', put));
        },
        get: (round) => timed(() => server.call('get_config', { name: nameOf(round) })),
      },
    );
  } finally {
    await Promise.allSettled([echo.close(), server.close()]);
  }
}

/** How long it took, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now();
  await work();
  return performance.now() - beganMs;
}
