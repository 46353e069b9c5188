import { resolve } from 'node:path';
import { type ListenAddress, parseListenAddress } from '../../core/access/listen-address.ts';
import type { OtlpTarget } from '../../telemetry/otlp/exporter.ts';
import { badSetting, quote, refuseUnexpanded } from './given-path.ts';
import { readOtlpTarget } from './otlp-settings.ts';
import { SETTINGS, type SettingRow } from './setting-table.ts';

/** Values of the network server from the command line, each winning over its variable. */
export interface NetworkFlags {
  readonly http?: string | undefined;
  readonly tcp?: string | undefined;
  readonly tcpScope?: string | undefined;
  readonly allowedHost?: readonly string[] | undefined;
  readonly allowedOrigin?: readonly string[] | undefined;
  readonly metrics?: boolean | undefined;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
}

/** How to serve over the network. */
export interface NetworkSettings {
  /** Where HTTP is served; undefined where it is not. */
  readonly http: ListenAddress | undefined;
  /** Where lines are served; undefined where they are not. */
  readonly tcp: ListenAddress | undefined;
  /** The scope of a connection of lines without a token, where the person said it. */
  readonly tcpScope: 'read' | 'write' | undefined;
  /** Host names that requests may be for. */
  readonly allowedHosts: readonly string[];
  /** Origins of pages whose scripts may ask. */
  readonly allowedOrigins: readonly string[];
  readonly metrics: boolean;
  /** Paths of a certificate and its key, both PEM. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  /** How long calls in flight may take at the end, in milliseconds. */
  readonly drainMs: number;
  /** A file of tokens, one a line. */
  readonly tokensFile: string | undefined;
  readonly serviceToken: string | undefined;
  /** A file whose first line is the service token. */
  readonly serviceTokenFile: string | undefined;
  /** The collector that metrics and traces are sent to. */
  readonly otlp: OtlpTarget | undefined;
}

/** The shortest secret that is taken for a token, in characters. */
const MIN_TOKEN_CHARS = 16;
const MAX_DRAIN_MS = 600_000;

/**
 * Reads the settings of the network server; undefined when there is to be none.
 *
 * @throws StoreError `ARGUMENT_INVALID` naming the variable or flag
 */
export function readNetworkSettings(
  given: (row: SettingRow) => string | undefined,
  flags: NetworkFlags,
  isOn: (row: SettingRow) => boolean,
  cwd: string,
): NetworkSettings | undefined {
  const http = flags.http ?? given(SETTINGS.http);
  const tcp = flags.tcp ?? given(SETTINGS.tcp);
  if (http === undefined && tcp === undefined) return undefined;
  const path = (row: SettingRow, flag?: string) => {
    const text = flag ?? given(row);
    if (text === undefined) return undefined;
    refuseUnexpanded(row.variable, text);
    return resolve(cwd, text);
  };
  const cert = path(SETTINGS.tlsCert, flags.tlsCert);
  const key = path(SETTINGS.tlsKey, flags.tlsKey);
  if ((cert === undefined) !== (key === undefined))
    throw badSetting(
      (cert === undefined ? SETTINGS.tlsCert : SETTINGS.tlsKey).variable,
      'is not set, but the other half is',
      'a PEM file: certificate and key belong together',
    );
  return {
    http: http === undefined ? undefined : readAddress(SETTINGS.http, http, given(SETTINGS.port)),
    tcp: tcp === undefined ? undefined : readAddress(SETTINGS.tcp, tcp),
    tcpScope: readScope(flags.tcpScope ?? given(SETTINGS.tcpScope)),
    allowedHosts: list(flags.allowedHost, given(SETTINGS.allowedHosts)).map((host) => host.toLowerCase()),
    allowedOrigins: list(flags.allowedOrigin, given(SETTINGS.allowedOrigins)).map(readOrigin),
    metrics: flags.metrics ?? isOn(SETTINGS.metrics),
    tls: cert === undefined || key === undefined ? undefined : { cert, key },
    drainMs: readDrain(given(SETTINGS.drainMs)),
    tokensFile: path(SETTINGS.tokensFile),
    serviceToken: readToken(given(SETTINGS.serviceToken)),
    serviceTokenFile: path(SETTINGS.serviceTokenFile),
    otlp: readOtlpTarget(given),
  };
}

/** Returns the token itself. @throws StoreError ARGUMENT_INVALID when it is too short to be one; it is never repeated */
export function readToken(text: string | undefined, row: SettingRow = SETTINGS.serviceToken): string | undefined {
  if (text === undefined || text.length >= MIN_TOKEN_CHARS) return text;
  throw badSetting(
    row.variable,
    `has ${text.length} characters`,
    `at least ${MIN_TOKEN_CHARS} characters that cannot be guessed, such as what openssl rand -hex 32 prints`,
  );
}

/** A hosting platform says with `PORT` where it forwards to, whatever else is configured. */
function readAddress(row: SettingRow, text: string, port?: string): ListenAddress {
  const address = parseListenAddress(text);
  if (address === undefined)
    throw badSetting(row.variable, `is ${quote(text)}`, 'a port, or a host and a port such as 0.0.0.0:3000');
  if (port === undefined) return address;
  const replaced = /^\d+$/.test(port) ? parseListenAddress(port) : undefined;
  if (replaced === undefined) throw badSetting(SETTINGS.port.variable, `is ${quote(port)}`, 'a port from 0 to 65535');
  return { ...address, port: replaced.port };
}

function readOrigin(text: string): string {
  const origin = URL.canParse(text) ? new URL(text).origin : 'null';
  if (origin === 'null' || new URL(text).pathname !== '/')
    throw badSetting(SETTINGS.allowedOrigins.variable, `has ${quote(text)}`, 'origins such as https://app.example.org');
  return origin;
}

function readScope(text: string | undefined): 'read' | 'write' | undefined {
  if (text === undefined || text === 'read' || text === 'write') return text;
  throw badSetting(SETTINGS.tcpScope.variable, `is ${quote(text)}`, 'read or write');
}

function readDrain(text: string | undefined): number {
  if (text === undefined) return 10_000;
  const ms = Number(text);
  if (!/^\d{1,6}$/.test(text) || ms > MAX_DRAIN_MS)
    throw badSetting(SETTINGS.drainMs.variable, `is ${quote(text)}`, `milliseconds from 0 to ${MAX_DRAIN_MS}`);
  return ms;
}

function list(flag: readonly string[] | undefined, text: string | undefined): readonly string[] {
  const words = flag ?? text?.split(',') ?? [];
  return words.map((word) => word.trim()).filter((word) => word !== '');
}
