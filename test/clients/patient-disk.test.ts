import { expect, it } from 'vitest';
import { patientDisk } from '../../src/clients/target/patient-disk.ts';
import { realDisk } from '../../src/disk/disk.ts';

const failing = (times: number, code: string) => {
  const calls: string[] = [];
  const disk = {
    ...realDisk,
    rename: (from: string) => {
      calls.push(from);
      if (calls.length <= times) throw Object.assign(new Error(code), { code });
    },
  };
  return { disk, calls };
};

it('tries a rename again on Windows while another program has the file open', () => {
  const { disk, calls } = failing(2, 'EPERM');
  patientDisk(disk, 'win32').rename('a', 'b');
  expect(calls).toHaveLength(3);
});

it('gives up at once for any other reason, and on any other system', () => {
  for (const [code, platform] of [
    ['ENOENT', 'win32'],
    ['EBUSY', 'linux'],
  ] as const) {
    const { disk, calls } = failing(2, code);
    expect(() => patientDisk(disk, platform).rename('a', 'b')).toThrow(code);
    expect(calls).toHaveLength(1);
  }
});
