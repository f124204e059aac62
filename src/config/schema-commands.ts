import { duration, oneLine } from './schema-parts.ts';
import * as z from './zod.ts';

/** A word of a command. The host hands it on as it is. */
const word = z.string().regex(/^[^\0]*$/, 'must not hold a NUL');

/** As Compose names services. It is never taken for an option. */
const serviceName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'is not the name of a service');

export const commandsSchema = z
  .array(
    z.strictObject({
      run: z
        .union([oneLine, z.array(word).min(1)])
        .describe('A text for the sh of the image, or a list of words for its entrypoint.'),
      service: serviceName.describe('The service whose image, environment and volumes it gets.'),
      before: z
        .literal('switch')
        .default('switch')
        .describe('switch: in the new image, while the old release still serves.'),
      timeout: duration('10m').describe('When it is given up.'),
    }),
  )
  .default([])
  .describe('One-off commands of a deployment, e.g. migrations, in their order. One that fails ends it.');
