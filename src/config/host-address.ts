/** Where an environment's host is reached. What is left out is what ssh says for that name. */
export type HostAddress =
  | { readonly kind: 'local' }
  | {
      readonly kind: 'ssh';
      readonly user: string | undefined;
      /** An address, or a name that ~/.ssh/config may know. */
      readonly hostname: string;
      readonly port: number | undefined;
    };

const HOST_PATTERN = /^(?:([A-Za-z_][A-Za-z0-9_.-]*)@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][A-Za-z0-9._-]*)(?::(\d{1,5}))?$/;

/** Reads `local` or `[user@]host[:port]` (an IPv6 address in brackets). Undefined for anything else. */
export function parseHost(text: string): HostAddress | undefined {
  if (text === 'local') return { kind: 'local' };
  const [, user, hostname, portText] = HOST_PATTERN.exec(text) ?? [];
  // Somebody who writes "Local" means this machine, and no host of that name.
  if (hostname === undefined || text.toLowerCase() === 'local') return undefined;
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  return { kind: 'ssh', user, hostname: hostname.replace(/^\[|\]$/g, ''), port };
}

/**
 * The same for two spellings of one machine: the user, letter case, a last dot and how an address is written do not
 * matter, and the SSH server of this machine leads to this machine.
 */
function machineOf(address: HostAddress): string {
  if (address.kind === 'local') return 'local';
  const { port = 22 } = address;
  const name = canonicalName(address.hostname);
  const isHere = name === 'localhost' || name === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(name);
  // Behind another port of this machine there may be another machine: a tunnel.
  return isHere && port === 22 ? 'local' : `${name}:${port}`;
}

/** Hosts that are the same machine as one before them: the index of each, and of the first. */
export function twins(hosts: readonly string[]): readonly (readonly [number, number])[] {
  const machines = hosts.map((host) => {
    const address = parseHost(host);
    return address && machineOf(address);
  });
  return machines.flatMap((machine, index) => {
    const first = machines.indexOf(machine);
    return machine === undefined || first === index ? [] : [[index, first] as const];
  });
}

function canonicalName(hostname: string): string {
  try {
    return new URL(`http://${hostname.includes(':') ? `[${hostname}]` : hostname}`).hostname.replace(/\.$/, '');
  } catch {
    return hostname.toLowerCase();
  }
}
