import { type Config, configSchema } from './schema.ts';

/** What holds where there is no `tagship.yaml`. In what is built these are the plain values. */
export const defaults: Config = configSchema.parse({});
