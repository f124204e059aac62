import { EXIT, Problem } from '../core/problem.ts';
import type { Programs } from '../io/ports.ts';
import { type AnsibleEvent, parseEvent } from './events.ts';

/** How Ansible is run: in its Docker image, or as it is installed here. */
export type Runner = 'docker' | 'local';

export interface AnsiblePorts {
  readonly programs: Programs;
  readonly signal: AbortSignal;
  /** Folder of docker-ansible.sh, playbooks and roles; absolute. */
  readonly folder: string;
}

/** Environment variable that names another image, as docker-ansible.sh reads it. */
const image = (environment: NodeJS.ProcessEnv) => environment.ANSIBLE_IMAGE ?? 'tagship-ansible';

/** The image where it is built, else the Ansible that is installed. @throws Problem `ansible-missing` */
export async function chooseRunner(
  { programs, folder }: AnsiblePorts,
  environment: NodeJS.ProcessEnv,
): Promise<Runner> {
  const options = { timeout: 20_000, cwd: folder };
  const built = await programs.run('docker', ['image', 'inspect', image(environment)], options);
  if (built?.exitCode === 0) return 'docker';
  const installed = await programs.run('ansible-playbook', ['--version'], options);
  if (installed?.exitCode === 0) return 'local';
  throw new Problem({
    code: 'ansible-missing',
    what: `neither the image ${image(environment)} nor an installed Ansible is here`,
    fix: built === undefined ? 'sudo apt install ansible' : 'tagship infra build (or: sudo apt install ansible)',
    exit: EXIT.refused,
  });
}

/** Program and arguments of a playbook run; the same words for both runners. */
export function playbookCommand(runner: Runner, playbook: string, words: readonly string[]): [string, string[]] {
  return runner === 'docker'
    ? ['./docker-ansible.sh', [playbook, ...words]]
    : ['ansible-playbook', [playbook, ...words]];
}

export interface PlaybookOutcome {
  readonly exitCode: number | undefined;
  readonly events: readonly AnsibleEvent[];
  /** What was said besides the events: warnings, and why nothing could be begun. */
  readonly said: string;
}

/** Runs a playbook to its end, and hands each of its events on as it comes. */
export async function runPlaybook(
  { programs, folder, signal }: AnsiblePorts,
  [program, args]: readonly [string, readonly string[]],
  onEvent: (event: AnsibleEvent) => void,
): Promise<PlaybookOutcome> {
  const events: AnsibleEvent[] = [];
  const said: string[] = [];
  const result = await programs.run(program, args, {
    timeout: 0,
    cwd: folder,
    signal,
    endsItself: true,
    env: { ANSIBLE_STDOUT_CALLBACK: 'tagship', ANSIBLE_NOCOLOR: '1', ANSIBLE_FORCE_COLOR: undefined },
    onLine: (line) => {
      const event = parseEvent(line);
      if (event === undefined) said.push(line);
      else {
        events.push(event);
        onEvent(event);
      }
    },
  });
  return { exitCode: result?.exitCode, events, said: [...said, result?.stderr ?? ''].join('\n').trim() };
}
