import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dockerEntry, nodeEntry, type ServerEntry } from '../clients/entry.ts';
import { StoreError } from '../core/errors.ts';
import type { StartedBy } from '../verbs/shared/installation.ts';
import { ENTRY } from './server-probe.ts';
import { homeFolder } from './settings/given-path.ts';
import { SETTINGS } from './settings/setting-table.ts';
import type { Settings } from './settings/settings.ts';
import type { DatabaseSettings } from './settings/storage-setting.ts';

const WINDOWS_DOCKER = 'C:\\Program Files\\Docker\\Docker\\resources\\bin\\docker.exe';

/**
 * Returns the entry that starts this very installation on the store of these settings, or a container of the image.
 *
 * @throws StoreError `ARGUMENT_INVALID` when both ways are asked for, or one that cannot work here
 */
export function ownEntry({ docker = false, node = false }: StartedBy, settings: Settings): ServerEntry {
  const { expectVolume: isImage, database } = settings;
  if (docker && node)
    throw new StoreError('ARGUMENT_INVALID', 'Docker and Node exclude each other', { hint: 'Choose one of them.' });
  if (isImage && node)
    throw new StoreError('ARGUMENT_INVALID', 'no client can start the Node of this container', {
      hint: 'Choose Docker, or neither: in the image, docker run is what starts the server.',
    });
  if (database !== undefined && (isImage || docker))
    throw new StoreError(
      'ARGUMENT_INVALID',
      'the container of a client has no network, and the store is in a database',
      {
        hint: 'Let the client start Node, or a service of your own that has one.',
      },
    );
  if (isImage) return dockerEntry(dockerOfTheHost(release()));
  return docker ? dockerEntry(findDocker()) : nodeEntry(process.execPath, fileURLToPath(ENTRY), variables(settings));
}

/**
 * Returns where the command is on the machine around a container, by its kernel: Docker Desktop has one of its own on macOS,
 * and WSL's on Windows. An absolute path, because a desktop program has no shell's `PATH`.
 */
export function dockerOfTheHost(kernel: string): string {
  if (/microsoft/i.test(kernel)) return WINDOWS_DOCKER;
  return /linuxkit|orbstack/i.test(kernel) ? '/usr/local/bin/docker' : '/usr/bin/docker';
}

/** A desktop program has no shell's `PATH`, so the places where Docker's installers put the command are looked at. */
function findDocker(): string {
  const home = homeFolder() || '/'; // an empty HOME must not become the working folder
  const places = {
    linux: ['/usr/bin/docker', '/usr/local/bin/docker', '/snap/bin/docker', join(home, '.docker/bin/docker')],
    darwin: [
      '/usr/local/bin/docker',
      '/opt/homebrew/bin/docker',
      join(home, '.docker/bin/docker'),
      join(home, '.orbstack/bin/docker'),
      '/Applications/Docker.app/Contents/Resources/bin/docker',
    ],
    win32: [WINDOWS_DOCKER],
  };
  const known: Partial<Record<NodeJS.Platform, readonly string[]>> = places;
  // Without one, the first place is what an installer would make.
  return known[process.platform]?.find((path) => existsSync(path)) ?? known[process.platform]?.[0] ?? 'docker';
}

/** Returns the variables that lead a server to the folders of these settings, wherever it is started. */
function variables({ paths, database }: Settings): Record<string, string> {
  const apart = [
    [SETTINGS.storage.variable, paths.storage, 'storage'],
    [SETTINGS.keys.variable, paths.keys, 'keys'],
    [SETTINGS.state.variable, paths.state, 'state'],
    [SETTINGS.telemetryDir.variable, paths.telemetry, 'telemetry'],
  ] as const;
  return {
    [SETTINGS.root.variable]: paths.root,
    ...(database && inDatabase(database)),
    ...Object.fromEntries(
      apart.filter(([, path, name]) => path !== join(paths.root, name)).map(([variable, path]) => [variable, path]),
    ),
  };
}

/** @throws StoreError `ARGUMENT_INVALID` for a password that would get into the client's file */
function inDatabase({ address, given, passwordFile }: DatabaseSettings): Record<string, string> {
  if (address.password !== undefined)
    throw new StoreError(
      'ARGUMENT_INVALID',
      "the address of the storage holds a password, and the client's file would too",
      {
        hint: 'Put the password into a file that only you can read.',
        advice: [{ do: 'set', setting: 'CONFIG_STORE_STORAGE_PASSWORD_FILE' }],
      },
    );
  return {
    [SETTINGS.storageAddress.variable]: given,
    ...(passwordFile !== undefined && { [SETTINGS.storagePasswordFile.variable]: passwordFile }),
  };
}
