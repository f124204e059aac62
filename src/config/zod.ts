import { config } from 'zod';

// A schema here checks one file and is done: compiling a function for it takes longer than that.
config({ jitless: true });

export * from 'zod';
