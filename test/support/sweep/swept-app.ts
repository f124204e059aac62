import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHistory, parseJournal, type RunRecord } from '../../../src/deploy/run.ts';
import { eventually } from '../eventually.ts';
import type { LabHost } from '../lab.ts';
import { RunningTagship } from '../running-tagship.ts';
import { runTagship } from '../tagship.ts';
import type { Position } from './positions.ts';

/** A busy machine takes its time; in milliseconds. */
export const PATIENCE = 300_000;

/** The app of one position: an app directory on the Pi, and a folder here from which it is deployed to. */
export class SweptApp {
  private readonly desk = mkdtempSync(join(tmpdir(), 'tagship-swept-'));
  /** The release it serves when nothing is going on. */
  serves = 'v0.1.0';

  constructor(
    private readonly host: LabHost,
    readonly position: Position,
    readonly name: string,
    private readonly port: number,
  ) {
    const { user, address, identity, knownHosts } = host;
    writeFileSync(
      join(this.desk, 'tagship.yaml'),
      `environments:
  production:
    hosts: [${user}@${address}]
    path: ${this.path}
    health: { url: "http://127.0.0.1:${port}/", successes: 2, every: 200ms, timeout: 3m }
    ssh: { identity: ${identity}, knownHosts: ${knownHosts}, reconnect: 5m }
`,
    );
  }

  /** Its moment passes by itself. */
  get isFleeting(): boolean {
    return isSlowBuild(this.position);
  }

  private get path(): string {
    return `/home/${this.host.user}/${this.name}`;
  }

  /** What puts its directory on the host. */
  installScript(origin: string): string {
    const dockerfile = isSlowBuild(this.position) ? 'slow.Dockerfile' : 'Dockerfile';
    return `
      git clone -q ${origin} ${this.path} && git -C ${this.path} checkout -q v0.1.0
      mkdir ${this.path}/data
      printf 'APP=${this.name}\\nPORT=${this.port}\\nDOCKERFILE=${dockerfile}\\n' >${this.path}/.env
      git -C ${this.path} config filter.hold.smudge 'sh /opt/sweep/smudge.sh'
      echo 'zz-last filter=hold' >>${this.path}/.git/info/attributes
      rm -f /var/hold/${this.name}* && mkfifo -m 666 /var/hold/${this.name}.go`;
  }

  tagship(...args: string[]) {
    return runTagship(args, { cwd: this.desk });
  }

  /** Begins to deploy what brings it to its position, and waits until it stands there. */
  async deployToPosition(round: number): Promise<{ readonly tag: string; readonly run: RunningTagship }> {
    const { list, step, moment } = this.position;
    const tag = `v1.${round}.${list === 'revert' ? 1 : list === 'undo' ? 2 : 0}`;
    const stands = moment !== 'inside' ? moment : isSlowBuild(this.position) ? 'inside' : 'elsewhere';
    writeFileSync(this.hold(''), `${stands} ${list}/${step}\n`, { mode: 0o666 });
    const run = new RunningTagship(this.desk, ['deploy', 'production', tag]);
    let over = '';
    void run.finished.then(({ stderr }) => {
      over = stderr;
    });
    await eventually(
      () => {
        if (over !== '') throw new Error(`${this.name} never came to ${list}/${step}:\n${over}`);
        return existsSync(this.hold('.at'));
      },
      `${this.name} stands at ${list}/${step}`,
      PATIENCE,
    );
    return { tag, run };
  }

  /** Lets it go on from where it stands, if anything stands there still. */
  letGo(): void {
    try {
      const pipe = openSync(this.hold('.go'), constants.O_WRONLY | constants.O_NONBLOCK);
      writeSync(pipe, 'go\n');
      closeSync(pipe);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
    }
    rmSync(this.hold('.at'), { force: true });
  }

  private hold(suffix: string): string {
    return join(this.host.root, 'var/hold', `${this.name}${suffix}`);
  }

  /** The runner of the run that began last, as the host counts processes. */
  runner(): string {
    const runs = join(this.state, 'runs');
    return readFileSync(join(runs, readdirSync(runs).sort().at(-1) ?? '', 'pid'), 'utf8').trim();
  }

  private get state(): string {
    return join(this.host.root, this.path, '.git/tagship');
  }

  lastRecord(): RunRecord | undefined {
    return parseHistory(readFileSync(join(this.state, 'history.jsonl'), 'utf8')).at(-1);
  }

  /** How the run that began last was closed. */
  lastOutcome(): string | undefined {
    const journal = parseJournal(readFileSync(join(this.state, 'journal.jsonl'), 'utf8'));
    const run = journal.findLast(({ type }) => type === 'opened')?.run;
    const closed = journal.find((line) => line.type === 'closed' && line.run === run);
    return closed?.type === 'closed' ? closed.outcome : undefined;
  }

  async answer(): Promise<string> {
    try {
      const response = await fetch(`http://${this.host.address}:${this.port}/`, { signal: AbortSignal.timeout(5_000) });
      return (await response.text()).trim();
    } catch {
      return 'no answer';
    }
  }

  dispose(): void {
    rmSync(this.desk, { recursive: true, force: true });
  }
}

/** A build that is struck is slow, because it can see nothing that would hold it. */
function isSlowBuild({ step, moment }: Position): boolean {
  return step === 'images' && moment === 'inside';
}
