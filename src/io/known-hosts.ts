import { createHash, createHmac, randomBytes } from 'node:crypto';

/** One usable line of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export interface KnownHost {
  readonly marker: 'cert-authority' | 'revoked' | undefined;
  /** Host patterns, separated by commas; or one hashed name. */
  readonly hosts: string;
  readonly keyType: string;
  readonly key: Buffer;
}

export type HostKeyVerdict = 'known' | 'unknown' | 'changed' | 'revoked';

/** Reads the lines that can be read; comments and broken lines are passed over, as OpenSSH does. */
export function parseKnownHosts(text: string): readonly KnownHost[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const match = /^\s*(?:@(cert-authority|revoked)\s+)?([^\s#@]\S*)\s+(\S+)\s+([A-Za-z0-9+/]+=*)(?:\s|$)/.exec(line);
    const [, marker, hosts, keyType, key] = match ?? [];
    if (hosts === undefined || keyType === undefined || key === undefined) return [];
    return [{ marker: marker as KnownHost['marker'], hosts, keyType, key: Buffer.from(key, 'base64') }];
  });
}

/** How known_hosts names a host: bare on port 22, else `[name]:port`. Names are compared in lower case. */
export function knownHostName(hostname: string, port: number): string {
  const name = hostname.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** What the file says about the key that `name` showed. A revoked key is refused whatever else is known. */
export function judgeHostKey(entries: readonly KnownHost[], name: string, key: Buffer): HostKeyVerdict {
  const ours = entries.filter((entry) => matchesHost(entry.hosts, name));
  if (ours.some((entry) => entry.marker === 'revoked' && entry.key.equals(key))) return 'revoked';
  const plain = ours.filter((entry) => entry.marker === undefined);
  if (plain.some((entry) => entry.key.equals(key))) return 'known';
  return plain.length > 0 ? 'changed' : 'unknown';
}

/** Keys whose owner may vouch for the key of `name`. */
export function authoritiesFor(entries: readonly KnownHost[], name: string): readonly Buffer[] {
  const ours = entries.filter((entry) => matchesHost(entry.hosts, name));
  const revoked = ours.filter(({ marker }) => marker === 'revoked');
  const isRevoked = (key: Buffer) => revoked.some((entry) => entry.key.equals(key));
  return ours.filter(({ marker, key }) => marker === 'cert-authority' && !isRevoked(key)).map(({ key }) => key);
}

/** A line for the file. A hashed name can be found by whoever knows it, and read by nobody. */
export function knownHostLine(name: string, key: Buffer, hashed: boolean): string {
  const salt = randomBytes(20);
  const hash = createHmac('sha1', salt).update(name).digest('base64');
  const shown = hashed ? `|1|${salt.toString('base64')}|${hash}` : name;
  return `${shown} ${keyTypeOf(key)} ${key.toString('base64')}\n`;
}

/** Key types on file for `name`: the server is asked for one of these first, since only these can be verified. */
export function knownKeyTypes(entries: readonly KnownHost[], name: string): readonly string[] {
  const known = entries.filter((entry) => entry.marker === undefined && matchesHost(entry.hosts, name));
  return [...new Set(known.map((entry) => entry.keyType))];
}

/** As `ssh-keygen -l` prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type a public key names in its first field (RFC 4253, 6.6). */
export function keyTypeOf(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0;
  return key.toString('latin1', 4, 4 + Math.min(length, 64));
}

/** Whether a list of patterns, or a hashed name, means this host. */
export function matchesHost(hosts: string, name: string): boolean {
  if (hosts.startsWith('|1|')) return matchesHash(hosts, name);
  const patterns = hosts.toLowerCase().split(',');
  if (patterns.some((pattern) => pattern.startsWith('!') && matchesPattern(pattern.slice(1), name))) return false;
  return patterns.some((pattern) => matchesPattern(pattern, name));
}

function matchesHash(hosts: string, name: string): boolean {
  const [, , salt = '', hash = ''] = hosts.split('|');
  const expected = Buffer.from(hash, 'base64');
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest().equals(expected);
}

/** `*` and `?` as OpenSSH reads them; everything else stands for itself. */
function matchesPattern(pattern: string, name: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === name;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(name);
}
