import journalFunctions from './host/journal.sh';
import look from './host/look.sh';
import prune from './host/prune.sh';
import settleOpen from './host/settle-open.sh';

/** Of a script that reads the journal and stands in no run's folder: what it asks the journal with goes in front. */
const reader = (script: string) => `${journalFunctions}\n${script}`;

export const lookScript = reader(look);
export const pruneScript = reader(prune);
export const settleOpenScript = reader(settleOpen);
