import { EXIT, LINK_LOST, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import { fingerprint, keyTypeOf } from './known-hosts.ts';
import type { SshHop } from './ssh-hop.ts';
import { keyNameOf } from './ssh-host-key.ts';

export function cannotConnect({ name, typed, credentials }: SshHop, cause: Error & { level?: string }): Problem {
  const [locked] = credentials.locked;
  if (locked !== undefined && (cause.level === 'client-authentication' || cause.level === 'agent')) {
    return new Problem({
      code: 'identity-locked',
      what: `${name} does not let us in without a key that has a passphrase`,
      why: `${locked.path} is locked, and no agent that can be asked holds it`,
      fix: `eval "$(ssh-agent)" && ssh-add ${shellQuote(locked.path)}   (at a terminal tagship asks for it)`,
      exit: EXIT.refused,
      cause,
    });
  }
  if (cause.level === 'client-authentication') {
    return new Problem({
      code: 'ssh-refused',
      what: `${name} does not let us in`,
      why: 'no key was accepted: neither ssh.identity of tagship.yaml or the usual files of ~/.ssh, nor one of the agent',
      fix: `ssh-copy-id ${typed}   (or set ssh.identity)`,
      exit: EXIT.refused,
      cause,
    });
  }
  if (cause.level === 'agent') {
    return new Problem({
      code: 'agent-unusable',
      what: `${name} does not let us in, and the ssh agent cannot be asked`,
      why: `SSH_AUTH_SOCK names an agent that does not answer: ${cause.message}`,
      fix: 'eval "$(ssh-agent)" && ssh-add   (or set ssh.identity)',
      exit: EXIT.refused,
      cause,
    });
  }
  return new Problem({
    code: 'host-unreachable',
    what: `${name} cannot be reached`,
    why: cause.message,
    fix: `ssh ${typed} true`,
    exit: EXIT.refused,
    cause,
  });
}

export function linkLost(name: string, cause?: Error): Problem {
  return new Problem({
    code: LINK_LOST,
    what: `the connection to ${name} was lost`,
    ...(cause === undefined ? {} : { why: cause.message }),
    fix: 'see that the host is up and reachable, then run the same command again',
    exit: EXIT.refused,
    cause,
  });
}

export function hostKeyProblem(
  verdict: 'unknown' | 'uncertified' | 'changed' | 'revoked',
  { target, typed, knownHosts: { path } }: SshHop,
  key: Buffer,
): Problem {
  const shown = `it shows ${keyTypeOf(key)} ${fingerprint(key)}`;
  const name = shellQuote(keyNameOf(target));
  const file = path.startsWith('~/') ? path : shellQuote(path);
  const meet = `ssh -o UserKnownHostsFile=${file} ${typed} true`;
  switch (verdict) {
    case 'unknown':
      return new Problem({
        code: 'host-key-unknown',
        what: `the host key of ${target.hostname} is not in ${path}`,
        why: shown,
        fix: `${meet}   (compare the fingerprint with the one at the host's own console)`,
        exit: EXIT.refused,
      });
    case 'uncertified':
      return new Problem({
        code: 'host-key-unknown',
        what: `no certificate vouches for the host key of ${target.hostname}`,
        why: `${shown}; ${path} has an authority for it, and ssh-keyscan got no valid certificate of its from there`,
        fix: `see what it sends: ssh-keyscan -c -p ${target.port} ${target.hostname}   (not through other hosts)`,
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
