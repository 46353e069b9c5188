import type { Disk } from '../../src/disk/disk.ts';
import { applyDeploy } from '../../src/verbs/clients/apply-deploy.ts';
import { planDeploy } from '../../src/verbs/clients/plan-deploy.ts';
import { openStore } from '../store/open-store.ts';
import { contextAt, installationAt } from '../verbs/context-at.ts';

/** Plans and carries out, and is killed right before or after its nth system call in the client's folder. */
const [root = '', at = '0'] = process.argv.slice(2);
const paths = {
  ...{ root, storage: `${root}/storage`, keys: `${root}/keys` },
  ...{ state: `${root}/state`, telemetry: `${root}/telemetry` },
};
let calls = 0;
const deadly = (disk: Disk): Disk =>
  new Proxy(disk, {
    get: (target, name: keyof Disk) => {
      const call = target[name] as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        if (++calls === Number(at)) process.kill(process.pid, 'SIGKILL');
        return call.apply(target, args);
      };
    },
  });
const store = await openStore({ paths });
const ctx = contextAt({
  store: async () => store,
  installation: installationAt(paths, { personFolders: () => ({ platform: 'linux', home: `${root}/home` }) }),
});
const { planId } = await planDeploy(ctx, { name: 'a/b', clients: ['cursor'] });
const { targets } = await applyDeploy(ctx, { planId }, { wrap: deadly });
process.stdout.write(`${targets[0]?.state} after ${calls} calls\n`);
await store.close();
