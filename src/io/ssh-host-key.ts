import type { ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import { EXIT, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import {
  fingerprint,
  type HostKeyVerdict,
  judgeHostKey,
  type KnownHost,
  keyTypeOf,
  knownHostName,
  knownKeyTypes,
} from './known-hosts.ts';
import type { SshTarget } from './ssh-host.ts';

export interface KnownHostsFile {
  /** As the user writes it, for messages. */
  readonly path: string;
  readonly entries: readonly KnownHost[];
}

const DEFAULT_ORDER: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** Asks first for the kinds of key that are on file, since a key of another kind could not be verified. */
export function algorithmsFor(target: SshTarget, file: KnownHostsFile): NonNullable<ConnectConfig['algorithms']> {
  const types = knownKeyTypes(file.entries, knownHostName(target.hostname, target.port));
  const isKnown = (algorithm: string) => types.includes(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  return {
    serverHostKey: [...DEFAULT_ORDER.filter(isKnown), ...DEFAULT_ORDER.filter((algorithm) => !isKnown(algorithm))],
  };
}

/** Refuses every host whose key is not on file, and remembers why: ssh2 itself only says that verification failed. */
export function hostKeyGuard(target: SshTarget, file: KnownHostsFile) {
  let problem: Problem | undefined;
  return {
    verify: (key: Buffer): boolean => {
      const verdict = judgeHostKey(file.entries, knownHostName(target.hostname, target.port), key);
      problem = verdict === 'known' ? undefined : hostKeyProblem(verdict, target, file.path, key);
      return problem === undefined;
    },
    problem: () => problem,
  };
}

function hostKeyProblem(
  verdict: Exclude<HostKeyVerdict, 'known'>,
  target: SshTarget,
  path: string,
  key: Buffer,
): Problem {
  const shown = `it shows ${keyTypeOf(key)} ${fingerprint(key)}`;
  const name = shellQuote(knownHostName(target.hostname, target.port));
  const file = path.startsWith('~/') ? path : shellQuote(path);
  const port = target.port === 22 ? '' : ` -p ${target.port}`;
  const meet = `ssh${port} -o UserKnownHostsFile=${file} ${target.user}@${target.hostname} true`;
  switch (verdict) {
    case 'unknown':
      return new Problem({
        code: 'host-key-unknown',
        what: `the host key of ${target.hostname} is not in ${path}`,
        why: shown,
        fix: `${meet}   (compare the fingerprint with the one at the host's own console)`,
        exit: EXIT.refused,
      });
    case 'changed':
      return new Problem({
        code: 'host-key-changed',
        what: `the host key of ${target.hostname} is not the one in ${path}`,
        why: `${shown}\neither the host was set up anew, or somebody answers in its place`,
        fix: `once you know why: ssh-keygen -R ${name} -f ${file} && ${meet}`,
        exit: EXIT.refused,
      });
    case 'revoked':
      return new Problem({
        code: 'host-key-revoked',
        what: `the host key of ${target.hostname} is marked as revoked in ${path}`,
        why: shown,
        fix: `give the host a new key, then: ${meet}`,
        exit: EXIT.refused,
      });
  }
}
