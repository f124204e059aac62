import type { Secret } from '../core/secret.ts';
import type { SshQuestions } from '../io/ssh-hop.ts';
import { askSecret, confirm } from './ask.ts';
import type { Context } from './command.ts';

/** One person answers for all hosts: what has been answered is not asked again. */
const answers = new Map<string, Promise<boolean>>();
const passphrases = new Map<string, Promise<Secret>>();

/** What ssh would ask about a host, asked at the terminal; undefined where nobody sits at it. */
export function sshQuestions(context: Pick<Context, 'terminal' | 'signal'>): SshQuestions | undefined {
  if (!context.terminal.interactive) return undefined;
  return {
    trusts: ({ host, keyType, fingerprint }) =>
      once(answers, `${host} ${fingerprint}`, () => {
        const file = `/etc/ssh/ssh_host_${keyType.replace(/^ssh-|-.*$/g, '')}_key.pub`;
        const compare = `compare it at the host's own console: ssh-keygen -lf ${file}`;
        const shown = `${host} shows a host key that we do not know:\n  ${keyType} ${fingerprint}\n  ${compare}\n`;
        return confirm(context, `${shown}Is it the key of that host, to be remembered?`, 'no');
      }),
    passphrase: async (path, wrong) => {
      // Of several hosts that get in with one key the first to be refused asks again.
      if (wrong !== undefined && (await passphrases.get(path)) === wrong) passphrases.delete(path);
      const question = `${wrong === undefined ? '' : 'That is not it. '}Passphrase of ${path}: `;
      return once(passphrases, path, () => askSecret(context, question));
    },
  };
}

function once<T>(known: Map<string, Promise<T>>, what: string, ask: () => Promise<T>): Promise<T> {
  const answer = known.get(what) ?? ask();
  known.set(what, answer);
  return answer;
}
