import { oneLine } from './schema-parts.ts';
import * as z from './zod.ts';

/** The types of the Angular convention, which conventional-changelog's preset knows too. */
const TYPES = ['feat', 'fix', 'docs', 'style', 'refactor', 'perf', 'test', 'build', 'ci', 'chore', 'revert'];

export const messageSchema = z
  .union([
    z.literal(false),
    z.strictObject({
      types: z.array(oneLine.regex(/^\w+$/, 'is not a word')).min(1).default(TYPES).describe('What a commit may be.'),
      scopes: z.array(oneLine).optional().describe('What may stand in parentheses; not set: anything.'),
      length: z.number().int().min(20).default(100).describe('The most characters of the first line.'),
    }),
  ])
  .prefault({})
  .describe('How commit messages are written, by the rules of Conventional Commits; false: as everyone likes.');
