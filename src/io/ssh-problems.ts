import { EXIT, LINK_LOST, Problem } from '../core/problem.ts';
import type { SshTarget } from './ssh-host.ts';

export function cannotConnect(name: string, target: SshTarget, cause: Error & { level?: string }): Problem {
  const port = target.port === 22 ? '' : ` -p ${target.port}`;
  const byHand = `ssh${port} ${target.user}@${target.hostname} true`;
  if (cause.level === 'client-authentication') {
    return new Problem({
      code: 'ssh-refused',
      what: `${name} does not let us in`,
      why: 'no key was accepted: neither ssh.identity of tagship.yaml or the usual files of ~/.ssh, nor one of the agent',
      fix: `ssh-copy-id${port} ${target.user}@${target.hostname}   (or set ssh.identity)`,
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
    fix: byHand,
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
