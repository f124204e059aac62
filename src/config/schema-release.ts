import { oneLine, trackedPath } from './schema-parts.ts';
import * as z from './zod.ts';

const branchPart = oneLine.regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/, 'is not a branch name or prefix');

const versionFile = z
  .union([
    trackedPath,
    z.strictObject({ path: trackedPath, after: oneLine.describe('What stands before the version.') }),
  ])
  .transform((file) => (typeof file === 'string' ? { path: file, after: undefined } : file));

const releasePoints = z.strictObject({
  gates: oneLine.optional(),
  refs: oneLine.optional(),
  push: oneLine.optional(),
});

const packagesMode = z.enum(['together', 'independent']);

const workspace = z
  .union(
    [
      packagesMode,
      z.strictObject({
        mode: packagesMode,
        include: z
          .array(oneLine)
          .min(1)
          .optional()
          .describe('Folders of the packages that are meant, as globs; not set: every one with a version.'),
      }),
    ],
    'must be together or independent, or { mode: one of them, include: [folders] }',
  )
  .transform((packages) => (typeof packages === 'string' ? { mode: packages, include: undefined } : packages));

/** A branch that would count as one of the prefix, or leave no room for them: git keeps branches as files. */
const isInWay = (name: string, prefix: string) => name.startsWith(prefix) || prefix.startsWith(`${name}/`);

export const releaseSchema = z
  .strictObject({
    branches: z
      .strictObject({
        main: branchPart.default('main').describe('What runs in production.'),
        develop: branchPart.default('develop').describe('Where features are merged.'),
        release: branchPart.default('release/').describe('Prefix of release branches.'),
        hotfix: branchPart.default('hotfix/').describe('Prefix of hotfix branches.'),
      })
      .refine(({ main, develop }) => main !== develop, 'main and develop must be two branches')
      .refine(
        ({ release, hotfix }) => !release.startsWith(hotfix) && !hotfix.startsWith(release),
        'release and hotfix must be two prefixes, neither of them the beginning of the other',
      )
      .refine(
        ({ main, develop, release, hotfix }) =>
          ![main, develop].some((name) => [release, hotfix].some((prefix) => isInWay(name, prefix))),
        'main and develop must not be named like the branches of a release or a hotfix, nor like a folder of them',
      )
      .prefault({}),
    tag: oneLine
      .regex(
        /^[A-Za-z0-9._/-]*(\{name\}[./-][A-Za-z0-9._/-]*)?\{version\}[A-Za-z0-9._-]*$/,
        'must hold {version} once, e.g. v{version}; before it {name}, where it holds that, and one of - . / between them',
      )
      .optional()
      .describe('How a release is tagged. Not set: v{version}; where packages are independent {name}-v{version}.'),
    changelog: z
      .union([trackedPath, z.literal(false)])
      .default('CHANGELOG.md')
      .describe(
        'The file that gets a section per release, beside the pubspec of an independent package; false for none.',
      ),
    pubspec: trackedPath
      .optional()
      .describe('The pubspec.yaml that carries the version; found by itself when only one can be meant.'),
    packages: workspace
      .optional()
      .describe(
        'together: every package of the repository gets the one version; independent: each has its own, and its own tags. Not set: one package has it.',
      ),
    files: z
      .array(versionFile)
      .default([])
      .describe('More files that carry the version: JSON files with a version key, or any text after a given prefix.'),
    hooks: z
      .strictObject({ before: releasePoints.prefault({}), after: releasePoints.prefault({}) })
      .prefault({})
      .describe('Commands of your own around the steps of a release.'),
    breakingInZero: z
      .enum(['minor', 'major'])
      .default('minor')
      .describe('What a breaking change asks of `auto` below 1.0.0.'),
    build: z
      .string()
      .regex(/^(increment|commits|env:[A-Za-z_][A-Za-z0-9_]*)$/, 'must be increment, commits or env:NAME')
      .default('increment')
      .describe('Where the build number comes from: one more than the highest, the number of commits, or a variable.'),
    pullRequest: z
      .boolean()
      .default(false)
      .describe('Main is protected: a release goes there by a pull request on GitHub, as with --pr.'),
    remote: oneLine
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'is not a remote name')
      .default('origin')
      .describe('The git remote releases are pushed to.'),
  })
  .refine(({ pubspec, packages }) => pubspec === undefined || packages === undefined, {
    path: ['packages'],
    message: 'and pubspec cannot both be set: one package carries the version, or several do',
  })
  .refine(({ tag, packages }) => tag === undefined || tag.includes('{name}') === (packages?.mode === 'independent'), {
    path: ['tag'],
    message: 'must hold {name} where packages are independent, as in {name}-v{version}, and nowhere else',
  })
  .transform(({ tag, ...rest }) => {
    return { ...rest, tag: tag ?? (rest.packages?.mode === 'independent' ? '{name}-v{version}' : 'v{version}') };
  })
  .prefault({});
