import { expect, test } from 'vitest';
import { dockerOfTheHost } from '../../src/app/server-entry-of-this-installation.ts';

test.each([
  ['6.12.76-linuxkit', '/usr/local/bin/docker'],
  ['6.15.11-orbstack-00539-g9885ebd8e3f4', '/usr/local/bin/docker'],
  ['5.15.167.4-microsoft-standard-WSL2', 'C:\\Program Files\\Docker\\Docker\\resources\\bin\\docker.exe'],
  ['6.12.48+deb13-amd64', '/usr/bin/docker'],
])('the docker around a container with the kernel %s', (kernel, path) => {
  expect(dockerOfTheHost(kernel)).toBe(path);
});
