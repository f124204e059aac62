import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GitDaemon } from './git-daemon.ts';
import { type Finished, runProgram, runTagship } from './tagship.ts';

/** Where the role puts the application. */
export const APP_HOME = '/opt/flutter_grist_app';

/**
 * An app whose image is built from BusyBox alone, with a folder and a volume of data. Its Compose file publishes the port to
 * the whole world, as many do. Its origin is served by this machine.
 */
export class BoardApp {
  readonly folder = mkdtempSync(join(tmpdir(), 'tagship-board-'));
  readonly work = join(this.folder, 'board');

  private constructor(private readonly daemon: GitDaemon) {}

  get repository(): string {
    return `${this.daemon.url}/board.git`;
  }

  static async make(address: string, environments: (app: BoardApp) => string): Promise<BoardApp> {
    const origins = mkdtempSync(join(tmpdir(), 'tagship-origin-'));
    const app = new BoardApp(await GitDaemon.serve(origins, address, 9418));
    mkdirSync(join(app.work, 'web'), { recursive: true });
    cpSync('/bin/busybox', join(app.work, 'web/busybox'));
    writeFileSync(join(app.work, 'web/Dockerfile'), DOCKERFILE);
    writeFileSync(join(app.work, 'web/serve.sh'), SERVE);
    writeFileSync(join(app.work, 'docker-compose.yml'), COMPOSE);
    writeFileSync(join(app.work, '.gitignore'), '.env\ndata/\n');
    writeFileSync(join(app.work, 'tagship.yaml'), environments(app));
    await app.git('init', '-q', '-b', 'main');
    await app.git('config', 'user.name', 'Tester');
    await app.git('config', 'user.email', 'tester@example.com');
    await app.git('add', '-A');
    await app.git('commit', '-q', '-m', 'feat: begin');
    await app.git('tag', '-a', 'v0.1.0', '-m', 'v0.1.0');
    await app.git('clone', '-q', '--bare', app.work, join(origins, 'board.git'));
    app.origins = origins;
    return app;
  }

  private origins = '';

  tagship(...words: string[]): Promise<Finished> {
    return runTagship(words, { cwd: this.work });
  }

  stop(): void {
    this.daemon.stop();
    for (const folder of [this.folder, this.origins]) rmSync(folder, { recursive: true, force: true });
  }

  private async git(...args: string[]): Promise<void> {
    const { exitCode, stderr } = await runProgram('git', args, { cwd: this.work });
    if (exitCode !== 0) throw new Error(stderr);
  }
}

const DOCKERFILE =
  'FROM scratch\nCOPY busybox /bin/busybox\nCOPY serve.sh /serve.sh\nCMD ["/bin/busybox", "sh", "/serve.sh"]\n';

/** `/` tells the release, `/health` and `/api/health` that it is well, `/data` what the folder and the volume hold. */
const SERVE = `b=/bin/busybox
$b mkdir -p /www/api
$b echo "board $RELEASE" >/www/index.html
$b echo '{"status":"healthy"}' | $b tee /www/health /www/api/health >/dev/null
$b ln -s /data/words /www/data
[ -e /state/first ] || $b echo "$RELEASE" >/state/first
exec $b httpd -f -p 8080 -h /www
`;

const COMPOSE = `services:
  web:
    build: web
    restart: unless-stopped
    init: true
    stop_grace_period: 1s
    environment: { RELEASE: "\${TAGSHIP_TAG}" }
    ports: ["8080:8080"]
    volumes: ["./data:/data", "state:/state"]
volumes:
  state: {}
`;
