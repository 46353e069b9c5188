import type { OtlpTarget } from '../../telemetry/otlp/exporter.ts';
import { badSetting } from './given-path.ts';
import { SETTINGS, type SettingRow } from './setting-table.ts';

/** A name of a header (RFC 9110, token), and what a value may hold: nothing that could end it. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e]*$/;

/**
 * Reads where metrics and traces are sent, as OpenTelemetry's specification names it; undefined where they are not.
 *
 * @throws StoreError `ARGUMENT_INVALID` naming the variable; never with its value, which may hold a credential
 */
export function readOtlpTarget(given: (row: SettingRow) => string | undefined): OtlpTarget | undefined {
  const endpoint = given(SETTINGS.otlpEndpoint);
  if (endpoint === undefined) return undefined;
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol))
    throw badSetting(SETTINGS.otlpEndpoint.variable, 'is no address', 'one such as http://collector:4318');
  return {
    endpoint,
    headers: readHeaders(given(SETTINGS.otlpHeaders)),
    serviceName: given(SETTINGS.serviceName) ?? 'mcp-config-store',
  };
}

function readHeaders(text = ''): Readonly<Record<string, string>> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const end = pair.indexOf('=');
      const name = pair.slice(0, Math.max(end, 0)).trim();
      const value = decoded(pair.slice(end + 1).trim());
      if (!HEADER_NAME.test(name) || value === undefined || !HEADER_VALUE.test(value))
        throw badSetting(
          SETTINGS.otlpHeaders.variable,
          'holds something that is no header',
          'NAME=VALUE, several separated by commas, values percent-encoded',
        );
      return [name, value];
    }),
  );
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // a percent sign that begins no character: said by the caller, without the value
  }
}
