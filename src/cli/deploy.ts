import type { CommandModule } from './command.ts';

export const declare: CommandModule['declare'] = () => {};
