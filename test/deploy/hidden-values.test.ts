import { describe, expect, it } from 'vitest';
import { AppFolder } from '../support/app-folder.ts';
import { hostShells } from '../support/host-shells.ts';

const COMPOSE_FILE =
  'services:\n  web:\n    image: x\n    env_file: [web.env, ../out/shared.env]\n    environment: { A: "${PASS}", B: "$ASKED" }\n';
const unset = (name: string) =>
  `time="2026-01-01T00:00:00Z" level=warning msg="The \\"${name}\\" variable is not set. Defaulting to a blank string."`;
const ENVIRONMENT = 'A=1\nPASS=abc$tomato9\n';
const HIDDEN = '(what the environment file holds is not shown)';

describe.each(hostShells())('what Compose says of environment files ($name)', (shell) => {
  /** Run with a Compose that says this and ends so; what the step is told of it. */
  const told = (said: readonly string[], environment = ENVIRONMENT, how = '') => {
    const app = new AppFolder({ 'docker-compose.yml': COMPOSE_FILE, '.env': environment, 'web.env': 'W=x${berry}\n' });
    app.write('said', `${said.join('\n')}\n`);
    const script = `says() { echo out; cat said >&2; return 14; }; ${how} hide_values says; echo "ended $?"`;
    // Errors and output have ways of their own.
    return app.run(shell, `{ ${script}; } 2>err; cat err`).trimEnd().split('\n');
  };

  it.each([
    [
      ['failed to read /x/.env: line 4: unterminated quoted value "s3cr3t'],
      [`failed to read /x/.env: line 4: unterminated quoted value, whose quote may begin further up ${HIDDEN}`],
    ],
    [
      ['failed to read /x/out/shared.env: line 2: unexpected character "!" in variable name "s3cr3t!x"'],
      [`failed to read /x/out/shared.env: line 2: unexpected character in the name of a variable ${HIDDEN}`],
    ],
    [
      ["line 3: unterminated quoted value 's3cr3t"],
      [`line 3: unterminated quoted value, whose quote may begin further up ${HIDDEN}`],
    ],
    [
      ['failed to read /x/.env: Invalid template: "s3cr3t${t-123"'],
      [`failed to read /x/.env: Invalid template, by a dollar sign in a value ${HIDDEN}`],
    ],
    [
      ['line 1: unexpected character "+" in variable name "s3cr3t+line/abc"'],
      [`line 1: unexpected character in the name of a variable ${HIDDEN}`],
    ],
    [
      ['failed to read /x/.env: required variable s3cr3t is missing a value: say', 's3cr3t too'],
      [`failed to read /x/.env: a dollar sign in a value stands for a variable that has to be set ${HIDDEN}`],
    ],
    [
      ["failed to read /x/.env: line 2: who knows what of 's3cr3t' or `s3cr3t`"],
      [`failed to read /x/.env: line 2: who knows what of ${HIDDEN}`],
    ],
    [
      ["ERROR: Environment variable name 's3cr3t words' may not contain whitespace."],
      [`ERROR: Environment variable name ${HIDDEN}`],
    ],
  ])('is told by file, line and reason, and never the value: %s', (said, wanted) => {
    expect(told(said)).toEqual(['out', 'ended 14', ...wanted]);
  });

  /** What a preflight ends with whose Compose says this, and nothing of our own folders in it. */
  const refused = (said: string) => {
    const app = new AppFolder({ 'docker-compose.yml': COMPOSE_FILE });
    const commit = app.commit();
    const compose = `says() { printf '%s\\n' "${said}" >&2; return 14; }; compose() { hide_values says; }`;
    const { status, stdout } = app.tryRun(
      shell,
      `${compose}; export_tree ${commit}; begin_preflight ${commit} ours ''`,
    );
    expect(status).toBe(1);
    expect(stdout.toString()).not.toContain('.git/tagship');
    return stdout.toString().replaceAll(app.folder, 'APP').split('\n').slice(-4, -2);
  };

  it.each([
    [
      'v2',
      'env file $tree/conf/prod.env not found: stat $tree/conf/prod.env: no such file',
      'conf/prod.env',
      'APP/conf/prod.env',
    ],
    [
      'v2',
      'env file $around/etc/prod.env not found: stat $around/etc/prod.env: no such',
      '/etc/prod.env',
      '/etc/prod.env',
    ],
    ['v2', 'env file /etc/prod.env not found: stat /etc/prod.env: no such file', '/etc/prod.env', '/etc/prod.env'],
    ['v1', "Couldn't find env file: $tree/conf/prod.env", 'conf/prod.env', 'APP/conf/prod.env'],
  ])(
    'names one that is not there, and where it is to be created: docker-compose %s, %s',
    (_version, said, name, place) => {
      expect(refused(said)).toEqual([
        `- ${name} is not here, and the Compose file names it as env_file`,
        `  next: create it: ${place}`,
      ]);
    },
  );

  it.each(['service \\"web\\" refers to undefined volume data: invalid compose project', 'yaml: line 3: mapping'])(
    'is not what a Compose file is refused for that is wrong itself: %s',
    (said) => {
      expect(refused(said)).toEqual([
        '- the Compose file of the release is not valid',
        '  next: mend it, and release again',
      ]);
    },
  );

  it('names a variable that the Compose file uses, and of one inside a value only where it stands', () => {
    const dollar = 'a dollar sign in a value stands for a variable that is not set';
    expect(told([unset('tomato9'), unset('tomato9'), unset('ASKED'), unset('berry'), 'no such image'])).toEqual([
      'out',
      'ended 14',
      `line 2 of .env: ${dollar}`,
      unset('ASKED'),
      `line 1 of web.env: ${dollar}`,
      'no such image',
    ]);
    expect(told(['required variable tomato9 is missing a value: s3cr3t', 's3cr3t'])[2]).toBe(
      `line 2 of .env: ${dollar}`,
    );
    const asked =
      'error while interpolating services.web.environment.A: required variable ASKED is missing a value: why';
    expect(told([asked])[2]).toBe(asked);
  });

  it.each([
    ['what it runs', 'told_whole'],
    ['Compose', ''],
  ])('keeps from nobody what %s says of other files', (_whose, how) => {
    const lines = [
      'failed to read migrations/0003.sql: open "migrations/0003.sql": permission denied',
      '#9 1.2 ERROR invalid template: base.html',
      'line 12: "quoted", and more',
      'done',
    ];
    expect(told(lines, ENVIRONMENT, how).slice(2)).toEqual(lines);
  });

  it('loses no line of what is run, whatever the one before looks like', () => {
    const said = ['invalid template: base.html', 'nothing was migrated'];
    expect(told(said, ENVIRONMENT, 'told_whole').at(-1)).toBe('nothing was migrated');
  });

  it('is left as it is where it is of anything else, to the last byte', () => {
    const lines = ['  Container app-web-1  Started', '\\0 %s "quoted"', 'yaml: line 3: did not find expected key'];
    expect(told(lines).slice(2)).toEqual(lines);
  });
});
