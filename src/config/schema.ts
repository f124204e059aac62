import { normalize } from 'node:path/posix';
import { Secret } from '../core/secret.ts';
import { PACKAGE_NAME } from '../core/tag-name.ts';
import { parseHost, twins } from './host-address.ts';
import { backupSchema } from './schema-backup.ts';
import { checksSchema } from './schema-checks.ts';
import { commandsSchema } from './schema-commands.ts';
import { healthSchema } from './schema-health.ts';
import { duration, oneLine, repositoryPath } from './schema-parts.ts';
import { preflightSchema } from './schema-preflight.ts';
import { releaseSchema } from './schema-release.ts';
import * as z from './zod.ts';

/** Where the token goes: nowhere that others could listen. */
const githubApi = z
  .url({ protocol: /^https?$/ })
  .refine(
    (url) => /^(https:|http:\/\/(127\.0\.0\.1|\[::1\]|localhost)[:/])/.test(`${url}/`),
    'must be an https address',
  )
  .refine((url) => !/^[^/]*\/\/[^/?#]*@/.test(url), 'must hold no user or password')
  .transform((url) => url.replace(/\/+$/, ''));

const githubSchema = z
  .strictObject({
    api: githubApi
      .default('https://api.github.com')
      .describe('The REST API; of a GitHub Enterprise e.g. https://git.example.com/api/v3.'),
    repository: oneLine
      .regex(/^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]+$/, 'must be owner/name')
      .optional()
      .describe('owner/name; read from the address of the remote when left out.'),
    release: z.boolean().default(false).describe('Make a GitHub release of every release, with its notes.'),
    assets: z
      .array(repositoryPath)
      .default([])
      .describe('Files that the GitHub release gets, as globs from the root of the repository.'),
    draft: z.boolean().default(false).describe('Leave the GitHub release a draft, to be published by hand.'),
    timeout: duration('30s').describe('How long one request may take; an upload gets more by its size.'),
  })
  .prefault({});

const confirmSchema = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .refine((url) => !/^[^/]*\/\/[^/?#]*@/.test(url), 'must hold no user or password: plans and logs show it')
      .describe('The real address, asked from where tagship runs once the host finds the release healthy.'),
    status: z.int().min(100).max(599).default(200),
    timeout: duration('60s').describe(
      'When that answer must have been seen. Without it the host takes the release back.',
    ),
  })
  .describe('The last proof of a release: that it answers from outside. Redirects are not followed.');

/** Written as Docker writes it in labels, which are compared with it: no `./`, no `//`, no slash at the end. */
const plainPath = (path: string) => normalize(path).replace(/(?<=.)\/+$/, '');

const composeFile = repositoryPath.regex(/^[^\0\r\n]+$/, 'must be a single line');

const absolutePath = oneLine.regex(/^\/[^\0]*$/, 'must be an absolute path on the host').transform(plainPath);

/** Two runs on one clone: the second would be refused half-way, or find what the first left. */
function refuseTwice(hosts: readonly string[], context: z.RefinementCtx): void {
  for (const [index, first] of twins(hosts)) {
    const message = `is the same machine as ${hosts[first]}: each host once`;
    context.addIssue({ code: 'custom', path: [index], message });
  }
}

const packageName = z.string().regex(PACKAGE_NAME, 'is not a package name');
const batchSize = z.union([
  z.int().min(1),
  z
    .string()
    .regex(/^([1-9]\d?|100)%$/, 'must be a number of hosts, or 1% to 100% of them')
    .transform((text) => text as `${number}%`),
]);

const environmentFields = z.strictObject({
  hosts: z
    .array(oneLine.refine((text) => parseHost(text) !== undefined, 'is not host, user@host, user@host:port or local'))
    .min(1)
    .superRefine(refuseTwice)
    .optional()
    .describe(
      '[user@]host[:port], the host also as ~/.ssh/config names it; local for this machine. Each machine once.',
    ),
  inventory: z
    .union([repositoryPath, z.strictObject({ file: repositoryPath, group: oneLine.optional() })])
    .transform((inventory) => (typeof inventory === 'string' ? { file: inventory } : inventory))
    .optional()
    .describe('In place of hosts: an Ansible inventory, and its group; not set: the one named like the environment.'),
  path: absolutePath.describe('The plain clone on the host.'),
  compose: z
    .union([composeFile, z.array(composeFile).min(1)])
    .default('docker-compose.yml')
    .transform((files) => (typeof files === 'string' ? [files] : files).map(plainPath))
    .describe('Compose file, or a list of them.'),
  parallel: z
    .union([z.int().min(1), z.literal('all')])
    .default(1)
    .transform((limit) => (limit === 'all' ? Number.MAX_SAFE_INTEGER : limit))
    .describe('How many hosts change at the same time, inside a batch. All are prepared at once.'),
  batches: z
    .union([batchSize, z.array(batchSize).min(1)])
    .default([])
    .transform((sizes) => (Array.isArray(sizes) ? sizes : [sizes]))
    .describe('Hosts that get a release together: numbers, or percentages of all of them; the last one is repeated.'),
  onFailure: z
    .enum(['stop', 'continue', 'revert-all'])
    .default('stop')
    .describe(
      'When one host fails. stop: no further one changes; continue: the others go on; revert-all: none keeps the release.',
    ),
  strategy: z.enum(['rolling', 'blue-green', 'canary', 'swarm']).default('rolling'),
  source: z
    .enum(['origin', 'push'])
    .default('origin')
    .describe('origin: the host fetches; push: the tag travels over SSH.'),
  package: packageName
    .optional()
    .describe('The package whose tags are deployed; to be named where packages are independent, and nowhere else.'),
  images: z
    .enum(['build', 'pull', 'stream'])
    .default('build')
    .describe(
      'Where images come from. build: the host builds those with a build section and pulls the others; pull: it pulls all of them; stream: they are made where tagship runs and sent over SSH.',
    ),
  trigger: z
    .enum(['release', 'prerelease', 'manual'])
    .default('release')
    .describe(
      'What a pushed tag does where the post-receive hook is installed. release: a release ships; prerelease: a pre-release ships too; manual: nothing ships by itself.',
    ),
  health: healthSchema.optional(),
  confirm: confirmSchema.optional(),
  backup: backupSchema,
  hooks: z
    .strictObject({
      before: z
        .strictObject({
          deploy: oneLine.optional().describe('One that fails stops the deployment before it has begun.'),
          rollback: oneLine.optional().describe('The same for a rollback.'),
        })
        .prefault({}),
      after: z
        .strictObject({
          deploy: oneLine.optional().describe('When every host has the release.'),
          rollback: oneLine.optional().describe('When every host is back at the release that was asked for.'),
          failure: oneLine.optional().describe('When not every host has what was asked for.'),
        })
        .prefault({}),
    })
    .prefault({})
    .describe('Commands of your own around a deployment, run where tagship is called. Not by a push.'),
  preflight: preflightSchema,
  commands: commandsSchema,
  ssh: z
    .strictObject({
      user: oneLine
        .regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/, 'is not the name of a user')
        .optional()
        .describe('Who logs in to hosts of an inventory, in place of its ansible_user.'),
      identity: oneLine
        .optional()
        .describe('Private key file, in place of those that ~/.ssh/config names. The agent is asked besides.'),
      knownHosts: oneLine
        .optional()
        .describe('Host keys we know, in place of the files that ssh uses. A key that is accepted is added to it.'),
      reconnect: duration('2m').describe('How long a link that is lost during a deployment is tried again.'),
    })
    .prefault({}),
});

const environmentSchema = environmentFields.superRefine(({ hosts, inventory }, context) => {
  if ((hosts === undefined) === (inventory === undefined)) {
    const message =
      hosts === undefined ? 'is missing, and so is inventory' : 'is there twice: as hosts and as inventory';
    context.addIssue({ code: 'custom', path: ['hosts'], message });
  }
});

/** What may stand in an environment's name: it ends up in file names and journals. */
const environmentName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, 'is not an environment name');

/** Chat services put a token into the address, so it may be kept in the environment. */
const webhook = z
  .string()
  .regex(/^(https?:\/\/\S+|env:[A-Za-z_][A-Za-z0-9_]*)$/, 'must be an http address or env:NAME')
  .transform((address) => new Secret(address))
  .describe('An address, or env:NAME for one that holds a secret.');

export const configSchema = z
  .strictObject({
    notify: z
      .array(webhook)
      .prefault([])
      .describe('Web hooks that are told of every release and of how every deployment ended, as JSON.'),
    release: releaseSchema,
    github: githubSchema,
    checks: checksSchema,
    environments: z.record(environmentName, environmentSchema).default({}),
  })
  .superRefine(({ release, environments }, context) => {
    const independent = release.packages?.mode === 'independent';
    for (const [name, environment] of Object.entries(environments)) {
      if ((environment.package !== undefined) === independent) continue;
      const message = independent
        ? 'is missing: packages are independent, so say whose tags are deployed'
        : 'goes with release: { packages: independent } alone';
      context.addIssue({ code: 'custom', path: ['environments', name, 'package'], message });
    }
  });

/** The configuration with every default filled in; durations in milliseconds. */
export type Config = z.output<typeof configSchema>;
export type ReleaseConfig = Config['release'];
export type GitHubConfig = Config['github'];
export type ChecksConfig = Config['checks'];
export type MessageConfig = Exclude<ChecksConfig['message'], false>;
export type EnvironmentConfig = Config['environments'][string];
export type ConfirmConfig = NonNullable<EnvironmentConfig['confirm']>;
export type CommandConfig = EnvironmentConfig['commands'][number];
export type PreflightConfig = EnvironmentConfig['preflight'];
export type HealthConfig = NonNullable<EnvironmentConfig['health']>;
