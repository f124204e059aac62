import { DURATION_PATTERN, parseDuration } from './duration.ts';
import * as z from './zod.ts';

const writtenDuration = z.string().regex(DURATION_PATTERN, 'is not a duration: write 500ms, 30s, 5m or 2h');

/** Written `30s`; read as milliseconds. */
export const duration = (initial: string) =>
  writtenDuration.default(initial).transform(parseDuration).describe('A duration: 500ms, 30s, 5m, 2h.');

/** The same, undefined when it is left out. */
export const optionalDuration = () => writtenDuration.transform(parseDuration).optional();

/** A path inside the repository: relative, with no way out of it. */
export const repositoryPath = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith('/') && !path.split('/').includes('..'), 'must be a path inside the repository')
  .refine((path) => !path.startsWith('-'), 'must not begin with a dash');

/** A path as git writes it, so that it is found in git's listings. */
export const trackedPath = repositoryPath.refine(
  (path) => path.split('/').every((part) => part !== '' && part !== '.'),
  'must be written without "./", "//" and a last "/"',
);

export const oneLine = z
  .string()
  .min(1)
  .regex(/^[^\0\r\n]+$/, 'must be a single line');
