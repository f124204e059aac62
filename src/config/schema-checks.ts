import { messageSchema } from './schema-message.ts';
import { duration, oneLine, trackedPath } from './schema-parts.ts';
import * as z from './zod.ts';

const command = z.union([oneLine, z.literal(false)]);

const percent = z.number().min(0).max(100);

/** Made by code generators: nobody writes tests for them. */
const GENERATED = ['**/*.g.dart', '**/*.freezed.dart', '**/*.mocks.dart', '**/*.gr.dart', '**/*.config.dart'];

const coverageSchema = z
  .union([
    percent,
    z.strictObject({
      minimum: percent.describe('Percent of the measured lines.'),
      exclude: z.array(oneLine).default(GENERATED).describe('Files that do not count, as globs.'),
    }),
  ])
  .transform((coverage) => (typeof coverage === 'number' ? { minimum: coverage, exclude: GENERATED } : coverage));

const policySchema = z
  .strictObject({
    main: z
      .enum(['release', 'merge', 'open'])
      .default('release')
      .describe(
        'What may move main. release: only a release; merge: also merge commits, as a pull request makes; open: anything that rewrites nothing.',
      ),
    develop: z.enum(['release', 'merge', 'open']).default('merge').describe('The same for develop.'),
    tags: z
      .enum(['release', 'open'])
      .default('release')
      .describe(
        'Tags that are named like releases. release: annotated, on main, equal to the version there, never moved or deleted; open: no rule.',
      ),
  })
  .prefault({});

export const checksSchema = z
  .strictObject({
    get: command
      .optional()
      .describe(
        'Fetches the packages before the gates; false for none. Not set: flutter pub get, or dart pub get, when a gate uses them.',
      ),
    analyze: command
      .optional()
      .describe('Static analysis; false for none. Not set: flutter analyze, in plain Dart packages dart analyze.'),
    test: command
      .optional()
      .describe(
        'Tests; false for none. Not set: flutter test, in plain Dart packages dart test, where there are tests.',
      ),
    timeout: duration('20m').describe('How long one gate may take.'),
    coverage: coverageSchema
      .optional()
      .describe(
        'The least test coverage in percent: a number, or minimum and exclude (globs of files that do not count).',
      ),
    sdk: oneLine
      .optional()
      .describe('Folder of the Flutter or Dart SDK; not set: .fvm/flutter_sdk, .fvmrc, PATH, the usual places.'),
    packages: z
      .array(z.union([z.literal('.').transform(() => ''), trackedPath]))
      .optional()
      .describe('Folders of the packages that are checked; not set: every one with a pubspec.yaml.'),
    secrets: z
      .boolean()
      .default(true)
      .describe('Whether what is committed and what is pushed is searched for credentials.'),
    format: command
      .default('dart format')
      .describe(
        'Formats what is committed, run with a folder that holds the staged Dart files alone; false: they stay as they are.',
      ),
    analyzeStaged: z
      .boolean()
      .default(true)
      .describe('Whether dart analyze looks at the staged Dart files before a commit; not where analyze is false.'),
    message: messageSchema,
    policy: policySchema,
  })
  .prefault({});
