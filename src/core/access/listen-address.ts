/** Where a server listens. */
export interface ListenAddress {
  /** An address or a name, without brackets. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

const FORM = /^(?:(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+)):)?(\d{1,5})$/i;

/** Returns the address that `[HOST:]PORT` names, on loopback without a host; undefined when it is not one. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const [, six, name, digits] = FORM.exec(text) ?? [];
  const port = Number(digits);
  return digits === undefined || port > 65_535 ? undefined : { host: six ?? name ?? '127.0.0.1', port };
}

/** Returns true for an address that only this machine reaches. */
export function isLoopback(host: string): boolean {
  const plain = host.toLowerCase().replace(/^::ffff:/, '');
  return plain === 'localhost' || plain === '::1' || /^127(?:\.\d{1,3}){3}$/.test(plain);
}

/** Returns a host as it stands in a URL. */
export function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
