import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { EXIT, Problem } from '../core/problem.ts';
import { parseKnownHosts } from './known-hosts.ts';
import type { KnownHostsFile } from './ssh-host-key.ts';

/** What we log in with. The keys are tried first: a full agent alone can use up the tries a server allows. */
export interface SshCredentials {
  readonly privateKeys: readonly Buffer[];
  /** Socket of the agent. */
  readonly agent: string | undefined;
}

/** What ssh(1) tries when no identity is named. */
const USUAL_IDENTITIES = ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa'];

/**
 * The named identity file, or else every one of the usual files that can be used as it is; and the agent besides,
 * which may be empty or long gone.
 * @throws Problem `identity-missing` or `identity-unusable`
 */
export async function readCredentials(
  identity: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<SshCredentials> {
  const { SSH_AUTH_SOCK: socket } = environment;
  const agent = socket === '' ? undefined : socket;
  if (identity !== undefined) return { privateKeys: [await readIdentity(identity)], agent };
  const files = await Promise.all(USUAL_IDENTITIES.map((path) => readFile(expandHome(path)).catch(() => undefined)));
  const isUsable = (key: Buffer | undefined) => key !== undefined && !(ssh2.utils.parseKey(key) instanceof Error);
  return { privateKeys: files.filter((key) => key !== undefined).filter(isUsable), agent };
}

async function readIdentity(path: string): Promise<Buffer> {
  const key = await readFile(expandHome(path)).catch((cause: Error) => {
    throw new Problem({
      code: 'identity-missing',
      what: `the identity file ${path} cannot be read`,
      why: cause.message,
      fix: 'mend ssh.identity in tagship.yaml, or leave it out to use the agent',
      exit: EXIT.usage,
      cause,
    });
  });
  const parsed = ssh2.utils.parseKey(key);
  if (!(parsed instanceof Error)) return key;
  throw new Problem({
    code: 'identity-unusable',
    what: `the identity file ${path} cannot be used`,
    why: parsed.message,
    fix: `a key with a passphrase goes through the agent: ssh-add ${path}, and leave ssh.identity out`,
    exit: EXIT.usage,
    cause: parsed,
  });
}

/** A file that is not there knows no host. */
export async function readKnownHosts(path: string): Promise<KnownHostsFile> {
  const text = await readFile(expandHome(path), 'utf8').catch(() => '');
  return { path, entries: parseKnownHosts(text) };
}

/** Only a leading `~/` is meant; `~user` is nobody's habit here. */
function expandHome(path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
}
