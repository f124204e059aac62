import { duration } from './schema-parts.ts';
import * as z from './zod.ts';

const UNITS: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** Written `500M`; read as bytes, in thousands as disks are sold. */
const size = (initial: string) =>
  z
    .string()
    .regex(/^\d{1,6}[KMGT]$/, 'is not a size: write 500M or 2G')
    .default(initial)
    .transform((text) => Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] ?? 1));

export const preflightSchema = z
  .strictObject({
    disk: size('200M').describe('What must be free on the disks of the clone and of Docker: 500M, 2G.'),
    memory: size('64M').describe('Memory and swap that must be free.'),
    clock: duration('5m').describe('How far the clock of a host may be from the one here.'),
    public: z
      .array(z.int().min(1).max(65_535))
      .default([])
      .describe('Published ports that are meant to be open to the world. Of others a warning is given.'),
  })
  .prefault({})
  .describe('What a host must have before a deployment; a rollback is not held up by it.');
