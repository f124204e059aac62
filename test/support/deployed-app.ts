import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type LabHost, mustOnHost } from './lab.ts';
import { type Finished, runProgram, runTagship } from './tagship.ts';

/** How the web service of a release behaves once it is deployed. */
export type Behaviour =
  | 'well'
  | 'slow'
  | 'too-slow'
  | 'eats-memory'
  | 'stops-slowly'
  | 'needs-env'
  | 'crash'
  | 'health-500'
  | 'health-hang'
  | 'sick-where-told'
  | 'image-missing'
  | 'build-broken'
  | 'build-needs-env'
  | 'compose-broken';

/** The only image of the tests: a static BusyBox that runs the script a release brings. Made once on the host. */
const BASE_IMAGE = 'tagship-test/base';

/** A web app with a bare origin and a clone, both on a test Pi, and a work clone on this machine. */
export class DeployedApp {
  /** The developer's clone; it holds tagship.yaml. */
  readonly path: string;

  private constructor(
    private readonly host: LabHost,
    /** Folder of the clone on the host, the app directory. */
    readonly appPath: string,
    readonly originPath: string,
    readonly port: number,
  ) {
    this.path = realpathSync(mkdtempSync(join(tmpdir(), 'tagship-deploy-')));
  }

  get url(): string {
    return `http://${this.host.address}:${this.port}`;
  }

  get originUrl(): string {
    return `${this.host.user}@${this.host.address}:${this.originPath}`;
  }

  /** Puts everything in place up to, and without, the first release. */
  static async make(host: LabHost, name: string, port: number): Promise<DeployedApp> {
    const app = new DeployedApp(host, `/home/${host.user}/${name}`, `/home/${host.user}/${name}.git`, port);
    await mustOnHost(
      host,
      `
      docker ps -aq --filter label=com.docker.compose.project=${name} | xargs -r docker rm -f >/dev/null
      rm -rf ${app.appPath} ${app.originPath}
      git init -q --bare -b main ${app.originPath}
      docker image inspect ${BASE_IMAGE} >/dev/null 2>&1 || {
        work=$(mktemp -d)
        cp /bin/busybox "$work/"
        printf 'FROM scratch\\nCOPY busybox /bin/busybox\\nENTRYPOINT ["/bin/busybox", "sh"]\\n' >"$work/Dockerfile"
        docker build -q -t ${BASE_IMAGE} "$work" >/dev/null
      }`,
    );
    await app.git('init', '-q', '-b', 'main');
    await app.git('config', 'user.name', 'Tester');
    await app.git('config', 'user.email', 'tester@example.com');
    await app.git('config', 'core.sshCommand', app.sshCommand);
    await app.git('remote', 'add', 'origin', app.originUrl);
    await app.write('tagship.yaml', app.configuration());
    await app.git('add', '-A');
    await app.git('commit', '-q', '-m', 'feat: begin');
    await app.git('push', '-q', 'origin', 'main');
    await mustOnHost(host, `git clone -q ${app.originPath} ${app.appPath}`);
    return app;
  }

  dispose(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  get sshCommand(): string {
    const { identity, knownHosts } = this.host;
    return `ssh -F /dev/null -i ${identity} -o BatchMode=yes -o UserKnownHostsFile=${knownHosts}`;
  }

  configuration(environment = 'production', extra = ''): string {
    const { user, address, identity, knownHosts } = this.host;
    return `environments:
  ${environment}:
    hosts: [${user}@${address}]
    path: ${this.appPath}
    health: { url: "http://127.0.0.1:${this.port}/health", successes: 2, every: 200ms, timeout: 8s }
    ssh: { identity: ${identity}, knownHosts: ${knownHosts} }
${extra}`;
  }

  /** Commits, tags and pushes a release that behaves as told. */
  async release(tag: string, behaviour: Behaviour = 'well'): Promise<Finished> {
    await this.commitRelease(tag, behaviour);
    return this.tryGit('push', '-q', 'origin', 'main', tag);
  }

  /** Commits and tags a release, and pushes nothing. */
  async commitRelease(tag: string, behaviour: Behaviour = 'well'): Promise<void> {
    await this.write('docker-compose.yml', composeFile(this.port, behaviour));
    const copied =
      behaviour === 'build-broken' ? 'not-there.sh' : behaviour === 'build-needs-env' ? '${SCRIPT}.sh' : 'serve.sh';
    await this.write('web/Dockerfile', `FROM ${BASE_IMAGE}\nARG SCRIPT\nCOPY ${copied} /serve.sh\n`);
    await this.write('web/serve.sh', serveScript(tag, behaviour));
    await this.git('add', '-A');
    await this.git('commit', '-q', '-m', `release: ${tag}`);
    await this.git('tag', '-a', tag, '-m', tag);
  }

  async git(...args: string[]): Promise<string> {
    const result = await this.tryGit(...args);
    if (result.exitCode !== 0) throw new Error(`git ${args.join(' ')}: ${result.stderr}`);
    return result.stdout.trim();
  }

  tryGit(...args: string[]): Promise<Finished> {
    return runProgram('git', args, { cwd: this.path });
  }

  async write(path: string, content: string): Promise<void> {
    await mkdir(dirname(join(this.path, path)), { recursive: true });
    await writeFile(join(this.path, path), content);
  }

  tagship(...args: string[]): Promise<Finished> {
    return runTagship(args, { cwd: this.path });
  }

  /** Runs a script in the app directory on the host; hands over what it printed. */
  onHost(script: string): Promise<string> {
    return mustOnHost(this.host, `cd ${this.appPath}\n${script}`);
  }

  /** Stops the deployment of `tag` where it is, at work for as long as it takes to look at it. */
  async hold(tag: string): Promise<void> {
    await this.toRunner(tag, 'STOP');
  }

  async letGo(tag: string): Promise<void> {
    await this.toRunner(tag, 'CONT');
  }

  private toRunner(tag: string, signal: string): Promise<string> {
    return this.onHost(`kill -${signal} "$(cat "$(ls -d .git/tagship/runs/*${tag}* | tail -n 1)/pid")"`);
  }

  /** The one host of `tagship status --json`. */
  async status(): Promise<Record<string, unknown>> {
    const { stdout } = await this.tagship('status', 'production', '--json');
    return JSON.parse(stdout).hosts[0];
  }

  /**
   * What the app says now: its release tag, or undefined when it does not answer well. A loaded machine may take its time
   * to answer; `patience` is in milliseconds.
   */
  async answer(patience = 10_000): Promise<string | undefined> {
    try {
      const response = await fetch(`${this.url}/`, { signal: AbortSignal.timeout(patience) });
      return response.ok ? (await response.text()).trim() : undefined;
    } catch {
      return undefined;
    }
  }
}

function composeFile(port: number, behaviour: Behaviour): string {
  if (behaviour === 'compose-broken') return 'services:\n  web:\n    imag: nothing\n';
  const build = behaviour === 'build-needs-env' ? '{ context: web, args: { SCRIPT: "${SCRIPT}" } }' : 'web';
  const image = behaviour === 'image-missing' ? '    image: tagship-test/never-built:1.0' : `    build: ${build}`;
  return `services:
  web:
${image}
    command: /serve.sh
    init: true
    restart: unless-stopped
${behaviour === 'eats-memory' ? '    mem_limit: 20m\n    memswap_limit: 20m\n' : ''}    stop_grace_period: ${behaviour === 'stops-slowly' ? '10s' : '1s'}
    environment: { RELEASE: "\${TAGSHIP_TAG}", VERSION: "\${TAGSHIP_VERSION}", GREETING: "\${GREETING${behaviour === 'needs-env' ? ':?is not set' : ':-'}}", SICK: "\${SICK:-}" }
    ports: ["${port}:8080"]
`;
}

/** A server of one request at a time: `/` tells the release that Compose was told, `/health` how it is. */
function serveScript(tag: string, behaviour: Behaviour): string {
  const health = behaviour === 'health-500' ? '500 Internal Server Error' : '200 OK';
  const hang = behaviour === 'health-hang' ? '/bin/busybox sleep 30;' : '';
  // On a host whose .env says so.
  const sick =
    behaviour === 'sick-where-told' ? '[ -z "$SICK" ] || { printf \'HTTP/1.0 503 Sick\\r\\n\\r\\n\'; exit; };' : '';
  const begin =
    behaviour === 'crash'
      ? `echo "cannot open the database of ${tag}" >&2; exit 3`
      : behaviour === 'slow'
        ? '/bin/busybox sleep 3'
        : behaviour === 'too-slow'
          ? '/bin/busybox sleep 60'
          : behaviour === 'eats-memory'
            ? '/bin/busybox dd if=/dev/zero of=/dev/null bs=200M count=1 || exit 137'
            : behaviour === 'stops-slowly'
              ? "trap '' TERM"
              : ':';
  return `${begin}
echo "${tag} starts"
cat() { /bin/busybox cat "$@"; }
cat >/answer.sh <<'END'
read -r _ path _
case $path in
  /health) ${hang} ${sick} printf 'HTTP/1.0 ${health}\\r\\n\\r\\nhealth of ${tag}\\n' ;;
  *) printf 'HTTP/1.0 200 OK\\r\\n\\r\\n%s\\n' "$RELEASE" ;;
esac
END
exec /bin/busybox nc -ll -p 8080 -e /bin/busybox sh /answer.sh
`;
}
