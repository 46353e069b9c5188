import type { Output } from './output.ts';

/** A bar on stderr; without a terminal there, all of it does nothing. */
export interface Progress {
  update(done: number, total: number): void;
  stop(): void;
}

/** Starts a progress bar where a person is looking, and only there. */
export async function startProgress(output: Output, label: string): Promise<Progress> {
  if (!output.interactive) return { update: () => undefined, stop: () => undefined };
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar(
    {
      format: `${label} {bar} {percentage}% {value}/{total}`,
      hideCursor: true,
      clearOnComplete: true,
      stream: process.stderr,
    },
    cliProgress.Presets.shades_classic,
  );
  let started = false;
  return {
    update: (done, total) => {
      if (started) bar.setTotal(total);
      else bar.start(total, 0);
      started = true;
      bar.update(done);
    },
    stop: () => {
      if (started) bar.stop();
    },
  };
}
