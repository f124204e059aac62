/** Where an environment's host is reached. */
export type HostAddress =
  | { readonly kind: 'local' }
  | { readonly kind: 'ssh'; readonly user: string; readonly hostname: string; readonly port: number };

const HOST_PATTERN = /^([A-Za-z_][A-Za-z0-9_.-]*)@(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][A-Za-z0-9.-]*)(?::(\d{1,5}))?$/;

/** Reads `local` or `user@host[:port]` (an IPv6 address in brackets). Undefined for anything else. */
export function parseHost(text: string): HostAddress | undefined {
  if (text === 'local') return { kind: 'local' };
  const [, user, hostname, portText] = HOST_PATTERN.exec(text) ?? [];
  if (user === undefined || hostname === undefined) return undefined;
  const port = Number(portText ?? 22);
  if (port < 1 || port > 65_535) return undefined;
  return { kind: 'ssh', user, hostname: hostname.replace(/^\[|\]$/g, ''), port };
}
