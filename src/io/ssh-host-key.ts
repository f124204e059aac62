import type { ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import { isVouchedFor } from './host-certificate.ts';
import { authoritiesFor, type HostKeyVerdict, judgeHostKey, knownHostName, knownKeyTypes } from './known-hosts.ts';
import type { KnownHostsFile } from './known-hosts-file.ts';
import { localPrograms } from './programs.ts';
import type { SshTarget } from './ssh-hop.ts';

const DEFAULT_ORDER: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** How long the certificates of a host are waited for, in milliseconds. */
const SCAN_LIMIT = 15_000;

/** How known_hosts names a machine. */
export function keyNameOf({ hostname, port, keyAlias }: SshTarget): string {
  return keyAlias ?? knownHostName(hostname, port);
}

/** Asks first for the kinds of key that are on file, since a key of another kind could not be verified. */
export function algorithmsFor(target: SshTarget, file: KnownHostsFile): NonNullable<ConnectConfig['algorithms']> {
  const types = knownKeyTypes(file.entries, keyNameOf(target));
  const isKnown = (algorithm: string) => types.includes(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  return {
    serverHostKey: [...DEFAULT_ORDER.filter(isKnown), ...DEFAULT_ORDER.filter((algorithm) => !isKnown(algorithm))],
  };
}

/** A key that was shown and is not on file. */
export interface Stranger {
  readonly key: Buffer;
  readonly verdict: HostKeyVerdict;
}

/**
 * Refuses a host whose key is neither on file nor was accepted meanwhile, and remembers what it showed: ssh2 itself only
 * says that verification failed.
 */
export function hostKeyGuard(target: SshTarget, file: KnownHostsFile, accepted: Buffer | undefined) {
  let stranger: Stranger | undefined;
  return {
    verify: (key: Buffer): boolean => {
      const verdict = judgeHostKey(file.entries, keyNameOf(target), key);
      const isKnown = verdict === 'known' || (verdict === 'unknown' && accepted?.equals(key) === true);
      stranger = isKnown ? undefined : { key, verdict };
      return isKnown;
    },
    stranger: () => stranger,
  };
}

/**
 * Whether a certificate authority of known_hosts vouches for a key that is not on file itself. ssh2 cannot ask a host for its
 * certificates, so ssh-keyscan does; where they come from does not matter, because they are signed.
 * @returns undefined where no authority could vouch for this host
 */
export async function isCertified(
  target: SshTarget,
  file: KnownHostsFile,
  key: Buffer,
  environment: NodeJS.ProcessEnv,
): Promise<boolean | undefined> {
  const { hostname, port, keyAlias } = target;
  const names = [keyNameOf(target), keyAlias ?? hostname];
  const authorities = names.flatMap((name) => authoritiesFor(file.entries, name.toLowerCase()));
  if (authorities.length === 0) return undefined;
  const args = ['-c', '-T', '5', '-p', String(port), '--', hostname];
  const scanned = await localPrograms('/', environment).run('ssh-keyscan', args, { timeout: SCAN_LIMIT });
  // A line has a type and a certificate, and nothing before them.
  const certificates = (scanned?.stdout ?? '').split('\n').flatMap((line) => {
    const [type = '', blob = ''] = line.split(' ');
    return type.endsWith('-cert-v01@openssh.com') ? [Buffer.from(blob, 'base64')] : [];
  });
  return isVouchedFor(key, keyAlias ?? hostname, certificates, authorities, Date.now());
}
