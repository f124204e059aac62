import { describe, expect, it } from 'vitest';
import { AppFolder } from '../support/app-folder.ts';
import { hostShells } from '../support/host-shells.ts';

const RUN = '.git/tagship/runs/r';
const config = (project: string, ...services: readonly string[]) =>
  `name: ${project}\nservices:\n${services.map((name) => `  ${name}:\n    image: x\n`).join('')}`;
const line = (service: string, project: string) => `${service}\tx\tsha256:1\t-\t${project}\n`;

describe.each(hostShells())('before a release is started ($name)', (shell) => {
  /** What is told of a release that Compose reads so, by a preflight whose docker says this. */
  const told = (check: string, docker: string, files: Readonly<Record<string, string>>) => {
    const app = new AppFolder({ 'docker-compose.yml': '', ...files });
    const script = [
      'mkdir -p "$tree" && cp docker-compose.yml "$tree" && problems=$TAGSHIP_RUN/problems && : >"$problems"',
      `docker() { ${docker}; }; compose() { [ "$*" = "--profile * config --services" ] && echo debug; }`,
      `${check}; cat "$problems"`,
    ];
    return app.run(shell, script.join('\n')).replaceAll(app.folder, 'APP');
  };

  describe('another Compose project', () => {
    const check = 'check_project ours \'write "name: OLD" at the top of the Compose file\'';
    const of = (docker: string, files: Readonly<Record<string, string>> = {}) =>
      told(check, docker, { [`${RUN}/scratch/config.yml`]: config('new', 'web'), ...files });
    const serves = { [`${RUN}/previous.images`]: line('web', 'old') };

    it('than that of what serves is in the way, with what keeps it', () => {
      const [what, next] = of('false', serves).split('\n');
      expect(what).toContain('the release is of the Compose project new, and what is here is of the project old');
      expect(next).toBe(
        '  next: write "name: old" at the top of the Compose file; or, to begin anew with empty volumes, in APP: ' +
          'docker compose --project-name old down && mv APP/.git/tagship APP/.git/tagship.before',
      );
    });

    it('is told to come from the environment file where it does', () => {
      const said = of('false', { ...serves, '.env': 'COMPOSE_PROJECT_NAME=new\n' });
      expect(said).toContain('next: in APP/.env: COMPOSE_PROJECT_NAME=old;');
    });

    it('is seen where what serves was started under a name of its own', () => {
      expect(of('case "$*" in *working_dir=*) echo by-hand ;; esac')).toContain('of the project by-hand: both');
    });

    it('that has the name already is in the way where it is somebody else’s', () => {
      expect(of('true')).toBe('');
      expect(of('case $1 in inspect) echo "/new-web-1 /srv/other/deploy" ;; *) echo id ;; esac')).toContain(
        'containers of the same project are here, which this deployment could not bring back: new-web-1 (started from /srv/other/deploy)',
      );
    });

    it('is none where it is the same, or Compose does not tell', () => {
      expect(of('false', { [`${RUN}/previous.images`]: line('web', 'new') })).toBe('');
      expect(of('false', { ...serves, [`${RUN}/scratch/config.yml`]: "services: {}\nversion: '3.9'\n" })).toBe('');
    });
  });

  describe('containers that it would take down, and no way back would start', () => {
    const seen = [
      ['true', 'False', 'web', '/app-web-1', '/app/a.yml'],
      ['true', 'False', 'mail', '/app-mail-1', '/app/a.yml,/app/b.yml'],
      ['true', 'False', 'dropped', '/app-dropped-1', '/app/a.yml'],
      ['true', 'False', 'debug', '/app-debug-1', '/app/a.yml'],
      ['false', 'False', 'past', '/app-past-1', '/app/a.yml'],
      ['true', 'True', 'shell', '/app-shell-run-1', '/app/a.yml'],
    ];
    const docker = `case $1 in ps) echo id ;; inspect) printf '%s\\n' ${seen.map((one) => `'${one.join('\t')}'`).join(' ')} ;; esac`;
    const files = {
      [`${RUN}/scratch/config.yml`]: config('app', 'web'),
      [`${RUN}/present/config.yml`]: config('app', 'web', 'dropped'),
    };

    it('are in the way of a release', () => {
      expect(told('check_strangers ours', docker, files)).toBe(
        '- containers run here that the release would take down, and no way back would start again: ' +
          'app-mail-1 (service mail, started with /app/a.yml,/app/b.yml)\n' +
          '  next: name all of these files in compose: of tagship.yaml, or, if they may go: docker rm --force app-mail-1\n',
      );
    });

    it('are told where they are of an unsettled run, or something is gone back to', () => {
      expect(told('check_strangers left', docker, files)).toMatch(/^! taken down, .*: app-mail-1 \(/);
    });

    it('are nobody’s where nothing serves, or it is not known what does', () => {
      expect(told('check_strangers none', docker, files)).toBe('');
      const { [`${RUN}/scratch/config.yml`]: release = '' } = files;
      expect(told('check_strangers ours', docker, { [`${RUN}/scratch/config.yml`]: release })).toBe('');
    });
  });
});
